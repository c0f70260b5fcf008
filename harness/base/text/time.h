#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace wireproof {

using Duration = std::chrono::nanoseconds;

// Nanoseconds since 1970-01-01T00:00:00Z, CLOCK_REALTIME: what libpcap stamps and what calls log.
using Timestamp = std::chrono::time_point<std::chrono::system_clock, std::chrono::nanoseconds>;

// Stamps of a damaged file may lie too far apart to be subtracted.
Duration time_between(Timestamp from, Timestamp to);

// "500ms", "2s", "1.5ms", "20us", "100ns", "1m"; nothing for text without a unit, a negative
// number, or one that does not fit.
std::optional<Duration> parse_duration(std::string_view text);

// The shortest exact form in one unit: "500ms", "2s", "1.5ms".
std::string render_duration(Duration duration);

// Milliseconds with three decimals, for tables and messages: "2.114 ms".
std::string render_milliseconds(Duration duration);

}  // namespace wireproof
