#pragma once

#include <optional>
#include <string>
#include <vector>

#include "expect/field/expression.h"
#include "sheet/kaitai/ksy_tree.h"
#include "sheet/text/fragment.h"

namespace wireproof {

// What stands in an expression, before its names are looked up.
// https://doc.kaitai.io/user_guide.html#_expression_language
struct KsyNode {
  enum class Kind : std::uint8_t {
    number,
    text,       // "abc"
    name,       // `len`, `_parent`
    path,       // `enum::label`, as it is written
    attribute,  // operand.`text`
    index,      // operand[operand]
    cast,       // operand.as<`text`>
    operation,
  } kind = Kind::number;
  std::string text;
  WideNumber number = 0;
  Operator operation = Operator::constant;
  std::vector<KsyNode> operands;
  Span span;  // in the source
};

// Nothing when it is malformed (reported).
std::optional<KsyNode> parse_ksy_expression(const KsyText& text, const SourceText& source,
                                            Problems& problems);

// A type as it is used: `protocol_body(protocol, 4)`.
struct KsyTypeUse {
  std::string name;
  std::vector<KsyNode> arguments;
};
std::optional<KsyTypeUse> parse_ksy_type(const KsyText& text, const SourceText& source,
                                         Problems& problems);

}  // namespace wireproof
