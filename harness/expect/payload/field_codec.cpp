#include "expect/payload/field_codec.h"

#include <fmt/format.h>

#include <boost/algorithm/string/replace.hpp>

#include <algorithm>
#include <bit>
#include <limits>

#include "expect/field/number_coding.h"

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

// `names`: whether values are shown by their names. At most `most`.
std::vector<std::string> element_texts(const Field& field, ByteView bytes, bool names,
                                       std::size_t most) {
  std::vector<std::string> texts;
  for (ByteView one = first_element(field, bytes); !one.empty() && texts.size() < most;
       one = first_element(field, bytes)) {
    const FieldValue value = read_value(field, one);
    texts.push_back(names ? render_field_value(field, value) : render_field_value(value));
    bytes = bytes.subspan(one.size());
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

Field prefix_field(const CountPrefix& prefix) {
  Field field;
  field.type = FieldType::unsigned_integer;
  field.size = prefix.size;
  field.order = prefix.order;
  field.coding = prefix.coding;
  return field;
}

void write_value(const FieldValue& value, const Field& field, ByteWriter& writer) {
  if (const auto* const bytes = std::get_if<Bytes>(&value)) {
    writer.write_bytes(*bytes);
    return;
  }
  const std::uint64_t bits = value_bits(value, field);
  if (field.coding != NumberCoding::fixed) {
    write_number(bits, field.coding, writer);
    return;
  }
  for (std::size_t i = 0; i < field.size; ++i) {
    const std::size_t shift = field.order == ByteOrder::big ? field.size - 1 - i : i;
    writer.write_u8(static_cast<std::uint8_t>(bits >> (shift * 8)));
  }
}

FieldValue read_value(const Field& field, ByteView bytes) {
  std::uint64_t bits = 0;
  if (field.coding != NumberCoding::fixed) {
    const auto read = read_number(bytes, field.coding);
    if (const auto* const number = std::get_if<CodedNumber>(&read)) bits = number->bits;
    if (field.type == FieldType::signed_integer) return static_cast<std::int64_t>(bits);
    return bits;
  }
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

ByteView first_element(const Field& field, ByteView bytes) {
  if (is_string(field) || field.type == FieldType::layout) return bytes;
  std::size_t size = field.size;
  if (field.coding != NumberCoding::fixed) {
    const auto read = read_number(bytes, field.coding);
    const auto* const number = std::get_if<CodedNumber>(&read);
    size = number == nullptr ? 0 : number->size;
  }
  return size > bytes.size() ? ByteView() : bytes.first(size);
}

Bytes shortest_form(const Field& field, ByteView bytes) {
  if (field.coding == NumberCoding::fixed) return Bytes(bytes.begin(), bytes.end());
  ByteWriter writer;
  while (true) {
    const ByteView one = first_element(field, bytes);
    if (one.empty()) break;
    write_value(read_value(field, one), field, writer);
    bytes = bytes.subspan(one.size());
  }
  writer.write_bytes(bytes);
  return writer.take();
}

void put_bits(ByteView value, std::size_t width, std::size_t bit, Bytes& bytes) {
  const std::size_t skipped = value.size() * 8 - width;
  for (std::size_t i = 0; i < width; ++i) {
    const std::size_t from = skipped + i;
    const std::size_t to = bit + i;
    if ((value[from / 8] >> (7 - from % 8) & 1) == 0) continue;
    bytes[to / 8] = static_cast<std::uint8_t>(bytes[to / 8] | 0x80 >> to % 8);
  }
}

Bytes take_bits(ByteView bytes, std::size_t bit, std::size_t width) {
  Bytes value((width + 7) / 8, 0);
  const std::size_t skipped = value.size() * 8 - width;
  for (std::size_t i = 0; i < width; ++i) {
    const std::size_t from = bit + i;
    const std::size_t to = skipped + i;
    if ((bytes[from / 8] >> (7 - from % 8) & 1) == 0) continue;
    value[to / 8] = static_cast<std::uint8_t>(value[to / 8] | 0x80 >> to % 8);
  }
  return value;
}

Expected<Bytes, std::string> encode_string(const Field& field, ByteView value) {
  Bytes bytes(value.begin(), value.end());
  if (const auto* const until = std::get_if<CountUntil>(&field.count)) {
    bytes.insert(bytes.end(), until->terminator.begin(), until->terminator.end());
  }
  if (const auto* const prefix = std::get_if<CountPrefix>(&field.count)) {
    const Field number = prefix_field(*prefix);
    const auto size = parse_field_number(std::to_string(value.size()), number);
    if (!size) {
      return failure(fmt::format("`{}` has {} bytes, which is more than its prefix can say",
                                 field.name, value.size()));
    }
    ByteWriter writer;
    write_value(*size, number, writer);
    writer.write_bytes(value);
    return writer.take();
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

Expected<Bytes, std::string> encode_values(const Field& field,
                                           const std::vector<std::string>& values) {
  if (is_string(field)) {
    if (values.size() != 1) return failure(fmt::format("`{}` takes one text", field.name));
    return encode_string(field, as_bytes(values.front()));
  }
  if (field.type == FieldType::layout || field.type == FieldType::choice) {
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
  if (const auto* const prefix = std::get_if<CountPrefix>(&field.count)) {
    return bytes.subspan(first_element(prefix_field(*prefix), bytes).size());
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
  auto texts = element_texts(field, bytes, true, kMaxShownElements + 1);
  const bool cut = texts.size() > kMaxShownElements;
  if (cut) texts.pop_back();
  const std::string list = fmt::format("{}{}", fmt::join(texts, ", "), cut ? ", …" : "");
  return field.is_array ? fmt::format("[{}]", list) : list;
}

std::string remember_field_bytes(const Field& field, ByteView bytes) {
  if (is_string(field) || field.type == FieldType::layout) {
    return std::string(as_text(bare_value(field, bytes)));
  }
  const auto texts = element_texts(field, bytes, false, std::numeric_limits<std::size_t>::max());
  return fmt::format("{}", fmt::join(texts, kListSeparator));
}

}  // namespace wireproof
