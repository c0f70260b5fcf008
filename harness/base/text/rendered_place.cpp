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
  const std::size_t colon = lines[1].rfind(':');
  const bool has_excerpt = bar != std::string_view::npos && trim_text(lines[2]) == "|";
  if (arrow == std::string_view::npos || colon == std::string_view::npos || !has_excerpt) return {};
  const std::string_view place =
      lines[1].substr(arrow + kArrow.size(), colon - arrow - kArrow.size());
  return fmt::format("{}: {}", place, fmt::join(split_words(lines[3].substr(bar + 3)), " "));
}

}  // namespace wireproof
