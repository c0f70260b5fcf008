#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/text/bytes.h"
#include "expect/field/expression.h"

namespace wireproof {

enum class ByteOrder : std::uint8_t { big, little };

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
// As many as an expression says.
struct CountOf {
  Expression count;
  bool operator==(const CountOf&) const = default;
};
// Elements up to and with the first for which it is true.
struct CountUntilTrue {
  Expression ends;
  bool operator==(const CountUntilTrue&) const = default;
};
using FieldCount = std::variant<CountOne, CountFixed, CountField, CountRest, CountUntil,
                                CountPrefix, CountUntilValue, CountAlign, CountOf, CountUntilTrue>;

}  // namespace wireproof
