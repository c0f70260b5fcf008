#pragma once

#include <string>
#include <vector>

#include "cli/options/command_facts.h"

namespace wireproof {

// A script for a shell that completes the program's commands, options and their values; where a
// value may be anything, names of files. What follows `--` is somebody's program.
std::string render_bash_completion(const std::vector<CommandFacts>& commands);
std::string render_zsh_completion(const std::vector<CommandFacts>& commands);
std::string render_fish_completion(const std::vector<CommandFacts>& commands);

}  // namespace wireproof
