#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/text/bytes.h"
#include "base/text/expected.h"

namespace wireproof {

enum class ByteOrder : std::uint8_t { big, little };

enum class FieldType : std::uint8_t {
  unsigned_integer,
  signed_integer,
  floating,
  bytes,
  text,
  layout
};

// How many elements (or bytes) a field has.
struct CountOne {
  bool operator==(const CountOne&) const = default;
};
struct CountFixed {
  std::uint64_t count = 0;
  bool operator==(const CountFixed&) const = default;
};
struct CountField {
  std::string field;  // an earlier integer field
  bool operator==(const CountField&) const = default;
};
struct CountRest {
  bool operator==(const CountRest&) const = default;
};
struct CountUntil {
  Bytes terminator;  // part of the field's bytes on the wire, not of its value
  bool operator==(const CountUntil&) const = default;
};
using FieldCount = std::variant<CountOne, CountFixed, CountField, CountRest, CountUntil>;

using FieldValue = std::variant<std::uint64_t, std::int64_t, double, Bytes>;

// What the column `Value` demands.
struct ValueAny {
  bool operator==(const ValueAny&) const = default;
};
struct ValueOneOf {
  std::vector<FieldValue> values;  // a literal, or `"SUM"|"PRO"`
  bool operator==(const ValueOneOf&) const = default;
};
struct ValueRange {
  std::int64_t least = 0;
  std::int64_t most = 0;
  bool operator==(const ValueRange&) const = default;
};
struct ValueSizeOf {
  std::string field;
  bool operator==(const ValueSizeOf&) const = default;
};
struct ValueCountOf {
  std::string field;
  bool operator==(const ValueCountOf&) const = default;
};
using FieldRule = std::variant<ValueAny, ValueOneOf, ValueRange, ValueSizeOf, ValueCountOf>;

struct Field {
  std::string name;
  FieldType type = FieldType::bytes;
  std::size_t size = 1;  // bytes of one element; 0 for a nested layout
  ByteOrder order = ByteOrder::big;
  FieldCount count = CountOne{};
  bool is_array = false;                // `i32[n]`, not one value
  std::string layout;                   // of FieldType::layout
  std::optional<std::uint8_t> padding;  // `padded by "-"`
  FieldRule rule = ValueAny{};
  std::string meaning;
  std::size_t align = 1;  // pad bytes (zero) before the field up to this alignment (struct "@")

  bool operator==(const Field&) const = default;
};

struct Layout {
  std::string name;
  std::vector<Field> fields;

  bool operator==(const Layout&) const = default;
};

using LayoutSet = std::map<std::string, Layout>;

// Layouts inside layouts; deeper ones are refused when a sheet is read.
constexpr std::size_t kMaxLayoutDepth = 16;

// A field of a layout or of one nested in it. It lives as long as the LayoutSet.
struct FieldRef {
  const Field* field = nullptr;
  std::string path;  // `body.id`
};

// All fields, nested ones behind the field that holds them. Fields of arrays of layouts are left
// out: they have no single place.
std::vector<FieldRef> list_fields(const Layout& layout, const LayoutSet& layouts);

// A field by its full path, or by its own name where that is unique; the error is a sentence.
Expected<FieldRef, std::string> find_field(const Layout& layout, const LayoutSet& layouts,
                                           std::string_view name);

// Bytes of the whole field without padding before it, nothing when that varies.
std::optional<std::size_t> field_size(const Field& field, const LayoutSet& layouts);

// The fixed size of a layout in bytes, nothing when it varies.
std::optional<std::size_t> layout_size(const Layout& layout, const LayoutSet& layouts);

// The next offset at or behind `offset` that the field's alignment allows.
std::size_t aligned_offset(std::size_t offset, const Field& field);

bool is_integer(const Field& field);
// Bytes or text: one value of many bytes, not an array.
bool is_string(const Field& field);
const Field* field_named(const Layout& layout, std::string_view name);

// "u32", "i32[n]", "text[3]", "text until \"\\n\"": as the column `Type` has it.
std::string render_field_type(const Field& field);
// 15, "SUM"
std::string render_field_value(const FieldValue& value);
// As the column `Value` has it; empty for any value.
std::string render_field_rule(const FieldRule& rule);

}  // namespace wireproof
