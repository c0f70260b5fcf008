#include "sheet/text/bit_rate.h"

#include <array>
#include <string>
#include <utility>

#include "base/text/words.h"
#include "sheet/text/cursor.h"

namespace wireproof {

std::optional<double> parse_bit_rate(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 4> kUnits{
      {{"kbit/s", 1e3}, {"mbit/s", 1e6}, {"gbit/s", 1e9}, {"bit/s", 1}}};
  const std::string lower = lower_case(text);
  for (const auto& [name, bits] : kUnits) {
    if (!lower.ends_with(name)) continue;
    const auto number = parse_number<double>(trim_text(text.substr(0, text.size() - name.size())));
    if (!number || *number < 0) return std::nullopt;
    return *number * bits;
  }
  return std::nullopt;
}

}  // namespace wireproof
