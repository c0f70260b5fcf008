#pragma once

#include <string>

namespace wireproof {

// Whether a program can be started by its name: an executable file in a folder of PATH, or a path
// with a slash that is one.
bool is_installed(const std::string& program);

}  // namespace wireproof
