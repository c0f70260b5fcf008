#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/text/words.h"
#include "expect/field/number_coding.h"
#include "expect/payload/field_codec.h"

namespace wireproof {
namespace {

struct WholeNumber {
  bool negative = false;
  std::uint64_t magnitude = 0;
};

std::optional<WholeNumber> parse_whole(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex) text.remove_prefix(2);
  const auto magnitude = parse_number<std::uint64_t>(text, hex ? 16 : 10);
  if (!magnitude) return std::nullopt;
  return WholeNumber{negative, *magnitude};
}

std::uint64_t greatest_unsigned(const Field& field) {
  if (field.coding != NumberCoding::fixed) return greatest_number(field.coding);
  const std::size_t bits = field.bits != 0 ? field.bits : field.size * 8;
  return std::numeric_limits<std::uint64_t>::max() >> (64 - bits);
}

std::optional<FieldValue> unsigned_value(const WholeNumber& number, const Field& field) {
  const std::uint64_t most = greatest_unsigned(field);
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
  const auto value = parse_number<double>(text);
  if (value && size == 4) return static_cast<double>(static_cast<float>(*value));
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
  const auto named = std::ranges::find(field.names, text, &ValueName::name);
  if (named != field.names.end()) return named->value;
  const auto number = parse_whole(text);
  if (!number && !field.names.empty() && !text.empty() && text.front() != '-') {
    return fail(fmt::format("is no value of {}", render_field_type(field)));
  }
  if (!number) return fail("is no whole number that fits 64 bits");
  const auto value = field.type == FieldType::unsigned_integer ? unsigned_value(*number, field)
                                                               : signed_value(*number, field.size);
  if (!value) return fail("does not fit " + render_field_type(field));
  return *value;
}

}  // namespace wireproof
