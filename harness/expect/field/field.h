#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/text/bytes.h"
#include "expect/field/checksum.h"

namespace wireproof {

enum class ByteOrder : std::uint8_t { big, little };

enum class FieldType : std::uint8_t {
  unsigned_integer,
  signed_integer,
  floating,
  bytes,
  text,
  layout,
  choice  // one of `Field::cases`
};

// How a whole number stands on the wire: in a fixed number of bytes, or in as many as it needs.
enum class NumberCoding : std::uint8_t {
  fixed,
  leb128,   // seven bits a byte, the least significant first (DWARF 5 §7.6)
  sleb128,  // the same of two's complement
  zigzag,   // LEB128 of 2n, or of -2n - 1 for a negative number (Protocol Buffers `sint64`)
  quic,     // RFC 9000 §16
  mqtt      // MQTT 5.0 §1.5.5 Variable Byte Integer, 3.1.1 §2.2.3 Remaining Length
};

// A number, a name of the field's values, or a text, which stood in quotes.
struct Literal {
  std::string text;
  bool is_text = false;
  bool operator==(const Literal&) const = default;
};

enum class Comparison : std::uint8_t { equal, not_equal, less, at_most, greater, at_least };

// `FIELD == V`. The field is one that was read before: of the same layout, of one nested there
// (`header.type`), or of a layout around it.
struct FieldCondition {
  std::string field;
  Comparison comparison = Comparison::equal;
  Literal value;
  bool operator==(const FieldCondition&) const = default;
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
// The number of bytes stands before them. Part of the field's bytes, not of its value.
struct CountPrefix {
  std::size_t size = 1;
  ByteOrder order = ByteOrder::big;
  NumberCoding coding = NumberCoding::fixed;
  bool operator==(const CountPrefix&) const = default;
};
// Elements up to and with the first that meets one of the conditions: `type == 0` of a layout's
// fields, or the name of the field itself for a number.
struct CountUntilValue {
  std::vector<FieldCondition> conditions;
  bool operator==(const CountUntilValue&) const = default;
};
// Bytes up to the next multiple of `size` from where the layout begins.
struct CountAlign {
  std::size_t size = 1;
  bool operator==(const CountAlign&) const = default;
};
using FieldCount = std::variant<CountOne, CountFixed, CountField, CountRest, CountUntil,
                                CountPrefix, CountUntilValue, CountAlign>;

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
  std::string chosen_by;                   // of FieldType::choice: the field that chooses the case
  std::vector<FieldCase> cases;

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
