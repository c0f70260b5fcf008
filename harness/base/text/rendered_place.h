#pragma once

#include <string>
#include <string_view>

namespace wireproof {

// Where a diagnostic points that was rendered plain (render_diagnostic): "NAME:LINE: source line",
// of several blanks one. Empty: at no line.
std::string place_of_rendered(std::string_view rendered);

}  // namespace wireproof
