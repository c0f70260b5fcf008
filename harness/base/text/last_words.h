#pragma once

#include <string>
#include <string_view>

namespace wireproof {

// The last line of a program's output that reads like an error: "KeyError: b'DIV'", "Exception in
// thread …", "bind: Address already in use". An interruption is none. Empty: there is none.
std::string find_last_words(std::string_view output);

}  // namespace wireproof
