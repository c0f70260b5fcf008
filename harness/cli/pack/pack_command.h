#pragma once

#include "cli/options/argument_parser.h"

namespace wireproof {

// A command of cli/commands.h.
int pack_command(const CommandLine& line);

}  // namespace wireproof
