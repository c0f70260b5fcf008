#pragma once

#include <string_view>

namespace wireproof {

// What std::string::contains of C++23 says.
inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace wireproof
