#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/text/bytes.h"

namespace wireproof {

// All whole numbers of 64 bits, with and without a sign.
__extension__ using WideNumber = __int128;

// What an expression is: a number (of a comparison 0 or 1), or the bytes of a text.
using ExpressionValue = std::variant<WideNumber, Bytes>;

// A field that was read before, by the way to it from the layout that the expression stands in.
struct FieldReference {
  enum class From : std::uint8_t {
    holder,   // `levels` layouts further out; 0: the same layout
    root,     // the outermost layout of the description whose layouts begin with `root`
    element,  // the last element of the field that is being repeated; no path: its value
  } from = From::holder;
  std::size_t levels = 0;
  std::string root = "";
  std::string path = "";  // `header.length`
  bool operator==(const FieldReference&) const = default;
};

enum class Operator : std::uint8_t {
  // Leaves.
  constant,
  field,        // its value
  size_of,      // the bytes of a text's or byte string's value
  count_of,     // the elements of an array
  first_bytes,  // `operands` hold offset and size of a number in the bytes of a layout
  at_end,       // 1 where nothing is left to be read
  position,     // bytes from where the layout's window begins
  // Of one operand.
  negate,
  complement,
  logical_not,
  // Of two.
  add,
  subtract,
  multiply,
  divide,  // towards minus infinity
  modulo,  // with the sign of the divisor
  bit_and,
  bit_or,
  bit_xor,
  shift_left,
  shift_right,
  equal,
  not_equal,
  less,
  at_most,
  greater,
  at_least,
  logical_and,
  logical_or,
  // Of three: `condition ? then : else`
  choose,
};

// A value that is computed of fields that were read before.
struct Expression {
  Operator kind = Operator::constant;
  ExpressionValue value = WideNumber{0};  // of a constant
  std::string name = "";                  // of a constant: as it is shown, where that is no number
  FieldReference field = {};              // of a leaf that has one
  std::vector<Expression> operands = {};
  bool operator==(const Expression& other) const;
};

Expression number_expression(WideNumber value);

// Nodes of one expression, and how deep they lie in each other.
constexpr std::size_t kMaxExpressionSize = 1000;
constexpr std::size_t kMaxExpressionDepth = 100;
std::size_t expression_size(const Expression& expression);
std::size_t expression_depth(const Expression& expression);

// The value of a leaf that is no constant; nothing where it is not known.
using LeafValue = std::function<std::optional<ExpressionValue>(const Expression& leaf)>;

// Nothing where a field is not there, a divisor is zero, or a number needs more than 64 bits.
std::optional<ExpressionValue> evaluate(const Expression& expression, const LeafValue& leaf);
std::optional<WideNumber> evaluate_number(const Expression& expression, const LeafValue& leaf);
// Whether there is a value and it is not zero.
bool holds(const Expression& expression, const LeafValue& leaf);

// All leaves but constants, from left to right.
std::vector<const Expression*> leaves_of(const Expression& expression);

// The number that `unknown`, a leaf of kind `field`, must be for the expression to be `wanted`;
// nothing where the expression is not linear in it, or no whole number will do.
std::optional<WideNumber> solve(const Expression& expression, const FieldReference& unknown,
                                WideNumber wanted, const LeafValue& leaf);

// "len - 4", "_parent.n", "15"
std::string render_number(WideNumber number);
std::string render_reference(const FieldReference& reference);
std::string render_expression(const Expression& expression);

}  // namespace wireproof
