#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/text/bytes.h"

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

}  // namespace wireproof
