#include "report/place.h"

#include <charconv>
#include <optional>
#include <string_view>

namespace wireproof {

namespace {

// Spans are byte offsets, and reports do not have the sheet: the line is read from the second line
// of the rendered message, ` --> NAME:LINE:COLUMN` (base/diagnostic.h).
std::optional<std::size_t> line_of(std::string_view rendered) {
  constexpr std::string_view kArrow = "--> ";
  const std::size_t begin = rendered.find('\n');
  if (begin == std::string_view::npos) return std::nullopt;
  std::string_view place = rendered.substr(begin + 1);
  place = place.substr(0, place.find('\n'));
  const std::size_t arrow = place.find(kArrow);
  if (arrow == std::string_view::npos) return std::nullopt;
  const std::size_t column = place.rfind(':');
  if (column == std::string_view::npos || column == 0) return std::nullopt;
  const std::size_t colon = place.rfind(':', column - 1);
  if (colon == std::string_view::npos) return std::nullopt;
  std::size_t line = 0;
  const char* const end = place.data() + column;
  const auto [stop, error] = std::from_chars(place.data() + colon + 1, end, line);
  if (error != std::errc() || stop != end) return std::nullopt;
  return line;
}

}  // namespace

std::size_t first_line_of(const ScenarioResult& result) {
  for (const Failure& failure : result.failures) {
    if (!failure.diagnostic.span) continue;
    if (const auto line = line_of(failure.rendered)) return *line;
  }
  return 1;
}

}  // namespace wireproof
