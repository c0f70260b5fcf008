#pragma once

#include <string>
#include <vector>

#include "cli/options/command_line.h"

namespace wireproof {

// The words before `--`, and those of somebody's program behind it.
struct SplitLine {
  CommandLine own;
  std::vector<std::string> program;
};

SplitLine split_at_dashes(const CommandLine& line);

// The words as they were typed, for one sheet ({sheet} stands for its id): what else chose sheets
// is left out.
std::string render_again(const SplitLine& split);

// As a line for a shell; one word is one already.
std::string shell_command(const std::vector<std::string>& program);

}  // namespace wireproof
