#include "base/text/rendered_place.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/text/words.h"

namespace wireproof {

std::string place_of_rendered(std::string_view rendered) {
  // "error: …", "  --> NAME:LINE:COLUMN", "   |", "52 | source line"
  std::array<std::string_view, 4> lines;
  for (std::string_view& line : lines) {
    const std::size_t end = std::min(rendered.find('\n'), rendered.size());
    line = rendered.substr(0, end);
    rendered.remove_prefix(std::min(end + 1, rendered.size()));
  }
  constexpr std::string_view kArrow = "--> ";
  const std::size_t arrow = lines[1].find(kArrow);
  const std::size_t bar = lines[3].find(" | ");
  if (arrow == std::string_view::npos || bar == std::string_view::npos) return {};
  std::string place(lines[1].substr(arrow + kArrow.size()));
  place.resize(place.rfind(':'));
  return fmt::format("{}: {}", place, fmt::join(split_words(lines[3].substr(bar + 3)), " "));
}

}  // namespace wireproof
