#include "base/text/time.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <cstdlib>

#include "base/text/words.h"

namespace wireproof {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};

// Largest first, as rendering looks for the largest that fits.
constexpr std::array<Unit, 5> kUnits = {
    {{"m", 60'000'000'000}, {"s", 1'000'000'000}, {"ms", 1'000'000}, {"us", 1'000}, {"ns", 1}}};

std::int64_t unit_size(std::string_view name) {
  if (name == "µs") name = "us";
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return unit.nanoseconds;
  }
  return 0;
}

std::string_view take_digits(std::string_view& text) {
  const std::string_view digits = text.substr(0, text.find_first_not_of("0123456789"));
  text.remove_prefix(digits.size());
  return digits;
}

// The part behind the point in nanoseconds; digits below a nanosecond must be zeros.
std::optional<std::int64_t> parse_fraction(std::string_view digits, std::int64_t unit) {
  std::int64_t total = 0;
  // Minutes are not a power of ten, so each digit's share is taken from a scaled remainder.
  std::int64_t scale = unit;
  for (const char c : digits) {
    if (c == '0' && scale % 10 != 0) continue;
    if (scale % 10 != 0) return std::nullopt;
    scale /= 10;
    total += scale * (c - '0');
  }
  return total;
}

}  // namespace

Duration time_between(Timestamp from, Timestamp to) {
  std::int64_t count = 0;
  if (__builtin_sub_overflow(to.time_since_epoch().count(), from.time_since_epoch().count(),
                             &count)) {
    return to < from ? Duration::min() : Duration::max();
  }
  return Duration(count);
}

std::optional<Duration> parse_duration(std::string_view text) {
  const std::string_view whole = take_digits(text);
  std::string_view fraction;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    fraction = take_digits(text);
    if (fraction.empty()) return std::nullopt;
  }
  const std::int64_t unit = unit_size(text);
  if (whole.empty() || unit == 0) return std::nullopt;
  const std::optional<std::int64_t> count = parse_number<std::int64_t>(whole);
  const std::optional<std::int64_t> part = parse_fraction(fraction, unit);
  if (!count || !part) return std::nullopt;
  std::int64_t total = 0;
  if (__builtin_mul_overflow(*count, unit, &total)) return std::nullopt;
  if (__builtin_add_overflow(total, *part, &total)) return std::nullopt;
  return Duration(total);
}

std::string render_duration(Duration duration) {
  const std::int64_t count = duration.count();
  if (count == 0) return "0s";
  const std::uint64_t magnitude = count < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(count)
                                            : static_cast<std::uint64_t>(count);
  const std::string sign = count < 0 ? "-" : "";
  for (const Unit& unit : kUnits) {
    const auto size = static_cast<std::uint64_t>(unit.nanoseconds);
    if (magnitude < size) continue;
    const std::uint64_t rest = magnitude % size;
    if (rest == 0) return fmt::format("{}{}{}", sign, magnitude / size, unit.name);
    if (unit.name == "m") continue;  // minutes have no exact decimals
    // All digits of the unit, without the zeros at the end.
    int places = 0;
    for (std::uint64_t power = size; power > 1; power /= 10) ++places;
    std::string digits = fmt::format("{:0{}}", rest, places);
    digits.erase(digits.find_last_not_of('0') + 1);
    return fmt::format("{}{}.{}{}", sign, magnitude / size, digits, unit.name);
  }
  return "0s";
}

std::string render_milliseconds(Duration duration) {
  const std::int64_t count = duration.count();
  const std::int64_t micros = count / 1000 + count % 1000 / 500;  // a half away from zero
  const std::int64_t magnitude = std::abs(micros);
  return fmt::format("{}{}.{:03} ms", micros < 0 ? "-" : "", magnitude / 1000, magnitude % 1000);
}

}  // namespace wireproof
