#pragma once

#include <optional>
#include <string_view>

namespace wireproof {

// `1.5 Mbit/s` as bits per second: a number and bit/s, kbit/s, Mbit/s or Gbit/s, powers of 1000.
std::optional<double> parse_bit_rate(std::string_view text);

}  // namespace wireproof
