#pragma once

#include <string>
#include <vector>

#include "cli/options/command_facts.h"

namespace wireproof {

// The manual page wireproof(1), in the macros of man(7).
std::string render_manual_page(const std::vector<CommandFacts>& commands,
                               const std::string& version);

}  // namespace wireproof
