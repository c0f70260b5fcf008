#pragma once

#include <string>

namespace wireproof {

// The same command for `sh -c` such that the shell becomes the program where it has nothing else to
// do: then signals, the exit code and the process id are the program's own. Commands that need the
// shell (`a | b`, `X=1 a`, builtins) stay as they are.
std::string become_command(const std::string& command);

}  // namespace wireproof
