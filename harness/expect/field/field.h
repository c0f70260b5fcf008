#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/text/bytes.h"
#include "expect/field/checksum.h"
#include "expect/field/field_count.h"

namespace wireproof {

enum class FieldType : std::uint8_t {
  unsigned_integer,
  signed_integer,
  floating,
  bytes,
  text,
  layout,
  choice  // one of `Field::cases`
};

using FieldValue = std::variant<std::uint64_t, std::int64_t, double, Bytes>;

// The fields of a layout from the first to the last; no last: the first alone; neither: all.
struct FieldRange {
  std::string first;
  std::string last;
  bool operator==(const FieldRange&) const = default;
};

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
// The bytes from `field` to `last` (see FieldRange), `plus` more, in units of `unit` bytes.
struct ValueSizeOf {
  std::string field;
  std::string last = "";
  std::int64_t plus = 0;
  std::uint64_t unit = 1;
  bool operator==(const ValueSizeOf&) const = default;
};
struct ValueCountOf {
  std::string field;
  bool operator==(const ValueCountOf&) const = default;
};
// The field's own bytes count as zero where the range holds them.
struct ValueChecksum {
  Checksum checksum;
  FieldRange range;
  bool operator==(const ValueChecksum&) const = default;
};
using FieldRule =
    std::variant<ValueAny, ValueOneOf, ValueRange, ValueSizeOf, ValueCountOf, ValueChecksum>;

// A name for one value of an integer field.
struct ValueName {
  std::string name;
  FieldValue value;  // of the field's type
  bool operator==(const ValueName&) const = default;
};

struct FieldCase;

struct Field {
  std::string name;
  FieldType type = FieldType::bytes;
  // Bytes of one element; 0 for a nested layout. Where those on the wire vary (`coding`) or are
  // parts of bytes (`bits`): of its value.
  std::size_t size = 1;
  ByteOrder order = ByteOrder::big;
  FieldCount count = CountOne{};
  bool is_array = false;                // `i32[n]`, not one value
  std::string layout;                   // of FieldType::layout
  std::optional<std::uint8_t> padding;  // `padded by "-"`
  FieldRule rule = ValueAny{};
  std::string meaning;
  std::size_t align = 1;  // pad bytes (zero) before the field up to this alignment (struct "@")
  std::size_t bits = 0;   // of an unsigned integer: 1 to 64 bits, the most significant first
  NumberCoding coding = NumberCoding::fixed;
  std::vector<ValueName> names;
  bool other_values = true;                // also values without a name are right
  std::vector<FieldCondition> conditions;  // the field is there only where all of them hold
  std::optional<Expression> condition;     // and this one
  std::string chosen_by;                   // of FieldType::choice: the field that chooses the case
  std::optional<Expression> chooser;       // the same, where it is more than a field
  std::vector<FieldCase> cases;
  // Of a layout: the bytes of each element. What it leaves over is sent as zeros, not compared.
  std::optional<Expression> window;

  bool operator==(const Field& other) const;
};

// `1: query`: what a field is where the one that chooses has this value, or any other (`else`). The
// field has the name of the one that holds the case. Two default == in turn would crash clang 14.
struct FieldCase {
  std::optional<Literal> value;
  Field field;
  bool operator==(const FieldCase& one) const { return value == one.value && field == one.field; }
};

}  // namespace wireproof
