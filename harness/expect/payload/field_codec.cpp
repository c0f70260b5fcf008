#include "expect/payload/field_codec.h"

#include <fmt/format.h>

#include <boost/algorithm/string/replace.hpp>

#include <algorithm>
#include <bit>
#include <limits>

#include "base/text/words.h"

namespace wireproof {
namespace {

constexpr std::string_view kListSeparator = ", ";
constexpr std::size_t kMaxShownElements = 64;

std::uint64_t value_bits(const FieldValue& value, const Field& field) {
  if (const auto* const number = std::get_if<std::uint64_t>(&value)) return *number;
  if (const auto* const number = std::get_if<std::int64_t>(&value)) {
    return static_cast<std::uint64_t>(*number);
  }
  if (const auto* const number = std::get_if<double>(&value)) {
    if (field.size == 4) return std::bit_cast<std::uint32_t>(static_cast<float>(*number));
    return std::bit_cast<std::uint64_t>(*number);
  }
  return 0;
}

Unexpected<std::string> failure(std::string message) {
  return Unexpected<std::string>(std::move(message));
}

Expected<Bytes, std::string> encode_string(const Field& field, const std::string& value) {
  const ByteView view = as_bytes(value);
  Bytes bytes(view.begin(), view.end());
  if (const auto* const until = std::get_if<CountUntil>(&field.count)) {
    bytes.insert(bytes.end(), until->terminator.begin(), until->terminator.end());
  }
  const auto* const fixed = std::get_if<CountFixed>(&field.count);
  if (fixed == nullptr) return bytes;
  const bool too_short = bytes.size() < fixed->count && !field.padding;
  if (bytes.size() > fixed->count || too_short) {
    return failure(fmt::format("`{}` has {} bytes, but {} were given: {}", field.name, fixed->count,
                               bytes.size(), render_quoted(bytes)));
  }
  if (field.padding) bytes.resize(fixed->count, *field.padding);
  return bytes;
}

std::vector<std::string> element_texts(const Field& field, ByteView bytes, std::size_t most) {
  std::vector<std::string> texts;
  for (std::size_t at = 0; at + field.size <= bytes.size() && texts.size() < most;
       at += field.size) {
    texts.push_back(render_field_value(read_value(field, bytes.subspan(at, field.size))));
  }
  return texts;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t end = text.find(kListSeparator);
    items.emplace_back(text.substr(0, end));
    text.remove_prefix(end == text.npos ? text.size() : end + kListSeparator.size());
  }
  return items;
}

}  // namespace

std::string fill_placeholders(const std::string& text, const Variables& variables) {
  if (text.find('{') == std::string::npos) return text;
  std::string filled = text;
  for (const char* const name : {"n", "i"}) {
    const auto variable = variables.find(name);
    if (variable == variables.end()) continue;
    boost::replace_all(filled, fmt::format("{{{}}}", name), variable->second);
  }
  return filled;
}

void write_value(const FieldValue& value, const Field& field, ByteWriter& writer) {
  if (const auto* const bytes = std::get_if<Bytes>(&value)) {
    writer.write_bytes(*bytes);
    return;
  }
  const std::uint64_t bits = value_bits(value, field);
  for (std::size_t i = 0; i < field.size; ++i) {
    const std::size_t shift = field.order == ByteOrder::big ? field.size - 1 - i : i;
    writer.write_u8(static_cast<std::uint8_t>(bits >> (shift * 8)));
  }
}

FieldValue read_value(const Field& field, ByteView bytes) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < field.size; ++i) {
    const std::size_t index = field.order == ByteOrder::big ? i : field.size - 1 - i;
    bits = (bits << 8) | bytes[index];
  }
  if (field.type == FieldType::floating) {
    if (field.size == 8) return std::bit_cast<double>(bits);
    return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  }
  if (field.type == FieldType::unsigned_integer) return bits;
  // Moves the sign bit to the top and back, so that it fills the upper bits.
  const unsigned unused = static_cast<unsigned>(64 - field.size * 8);
  return static_cast<std::int64_t>(bits << unused) >> unused;
}

Expected<Bytes, std::string> encode_values(const Field& field,
                                           const std::vector<std::string>& values) {
  if (is_string(field)) {
    if (values.size() != 1) return failure(fmt::format("`{}` takes one text", field.name));
    return encode_string(field, values.front());
  }
  if (field.type == FieldType::layout) {
    return failure(fmt::format("`{}` is a layout: its fields are given, not itself", field.name));
  }
  const auto* const fixed = std::get_if<CountFixed>(&field.count);
  const bool wrong_count = (!field.is_array && values.size() != 1) ||
                           (fixed != nullptr && fixed->count != values.size());
  if (wrong_count) {
    return failure(fmt::format("`{}` takes {} values, but {} were given", field.name,
                               fixed != nullptr ? fixed->count : 1, values.size()));
  }
  ByteWriter writer;
  for (const std::string& text : values) {
    const auto value = parse_field_number(text, field);
    if (!value) return failure(fmt::format("`{}`: {}", field.name, value.error()));
    write_value(*value, field, writer);
  }
  return writer.take();
}

Expected<std::vector<std::string>, std::string> argument_values(const FieldArgument& argument,
                                                                const Field& field,
                                                                const Variables& variables) {
  std::vector<std::string> values;
  if (argument.kind == FieldArgument::Kind::recall) {
    const auto variable = variables.find(argument.variable);
    if (variable == variables.end()) {
      return failure(fmt::format("nothing was remembered as `{}`", argument.variable));
    }
    if (field.is_array) return split_list(variable->second);
    values.push_back(variable->second);
    return values;
  }
  for (const std::string& value : argument.values) {
    values.push_back(fill_placeholders(value, variables));
  }
  return values;
}

std::optional<std::uint64_t> as_count(const FieldValue& value) {
  if (const auto* const number = std::get_if<std::uint64_t>(&value)) return *number;
  if (const auto* const number = std::get_if<std::int64_t>(&value); number && *number >= 0) {
    return static_cast<std::uint64_t>(*number);
  }
  return std::nullopt;
}

ByteView bare_value(const Field& field, ByteView bytes) {
  if (const auto* const until = std::get_if<CountUntil>(&field.count)) {
    return bytes.first(bytes.size() - std::min(bytes.size(), until->terminator.size()));
  }
  if (!field.padding) return bytes;
  std::size_t size = bytes.size();
  while (size > 0 && bytes[size - 1] == *field.padding) --size;
  return bytes.first(size);
}

std::string render_field_bytes(const Field& field, ByteView bytes) {
  if (is_string(field) || field.type == FieldType::layout) {
    return render_quoted(bare_value(field, bytes));
  }
  const auto texts = element_texts(field, bytes, kMaxShownElements);
  const bool cut = bytes.size() > kMaxShownElements * field.size;
  const std::string list = fmt::format("{}{}", fmt::join(texts, ", "), cut ? ", …" : "");
  return field.is_array ? fmt::format("[{}]", list) : list;
}

std::string remember_field_bytes(const Field& field, ByteView bytes) {
  if (is_string(field) || field.type == FieldType::layout) {
    return std::string(as_text(bare_value(field, bytes)));
  }
  const auto texts = element_texts(field, bytes, std::numeric_limits<std::size_t>::max());
  return fmt::format("{}", fmt::join(texts, kListSeparator));
}

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
  const auto number = parse_whole(text);
  if (!number) return fail("is no whole number that fits 64 bits");
  const auto value = field.type == FieldType::unsigned_integer ? unsigned_value(*number, field.size)
                                                               : signed_value(*number, field.size);
  if (!value) return fail("does not fit " + render_field_type(field));
  return *value;
}

}  // namespace wireproof
