#pragma once

#include <string>
#include <string_view>

namespace wireproof {

// A text of the command line that stands for bytes: \n, \r, \t, \0, \\ and \xHH are what they are
// in C; any other backslash stays one.
std::string read_input_text(std::string_view given);

}  // namespace wireproof
