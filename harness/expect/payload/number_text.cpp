#include "expect/payload/number_text.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "expect/payload/layout.h"

namespace wireproof {
namespace {

struct WholeNumber {
  bool negative = false;
  std::uint64_t magnitude = 0;
};

std::optional<WholeNumber> parse_whole(std::string_view text) {
  WholeNumber number;
  if (text.starts_with('-')) {
    number.negative = true;
    text.remove_prefix(1);
  }
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    base = 16;
    text.remove_prefix(2);
  }
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number.magnitude, base);
  if (text.empty() || error != std::errc() || stopped != end) return std::nullopt;
  return number;
}

std::optional<FieldValue> unsigned_value(const WholeNumber& number, std::size_t size) {
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max() >> (64 - size * 8);
  if ((number.negative && number.magnitude != 0) || number.magnitude > most) return std::nullopt;
  return number.magnitude;
}

std::optional<FieldValue> signed_value(const WholeNumber& number, std::size_t size) {
  const std::uint64_t limit = std::uint64_t{1} << (size * 8 - 1);
  if (number.magnitude > limit || (!number.negative && number.magnitude == limit)) {
    return std::nullopt;
  }
  // Negated as unsigned: the most negative number has no positive counterpart.
  const std::uint64_t bits = number.negative ? ~number.magnitude + 1 : number.magnitude;
  return static_cast<std::int64_t>(bits);
}

std::optional<FieldValue> floating_value(std::string_view text, std::size_t size) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || stopped != end) return std::nullopt;
  if (size == 4) value = static_cast<double>(static_cast<float>(value));
  return value;
}

}  // namespace

Expected<FieldValue, std::string> parse_field_number(std::string_view text, const Field& field) {
  const auto fail = [&](std::string_view what) {
    return Unexpected<std::string>(fmt::format("`{}` {}", text, what));
  };
  if (field.type == FieldType::floating) {
    const auto value = floating_value(text, field.size);
    if (!value) return fail("is no number");
    return *value;
  }
  const auto number = parse_whole(text);
  if (!number) return fail("is no whole number that fits 64 bits");
  const auto value = field.type == FieldType::unsigned_integer ? unsigned_value(*number, field.size)
                                                               : signed_value(*number, field.size);
  if (!value) return fail("does not fit " + render_field_type(field));
  return *value;
}

}  // namespace wireproof
