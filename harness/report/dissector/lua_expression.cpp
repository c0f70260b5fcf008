#include "report/dissector/lua_expression.h"

#include <fmt/format.h>

#include <array>

#include "base/text/words.h"
#include "expect/payload/field_codec.h"
#include "report/dissector/lua_text.h"

namespace wireproof {
namespace {

constexpr std::array<std::string_view, 6> kComparisons{"==", "!=", "<", "<=", ">", ">="};

// As `Operator` lists them.
constexpr std::array<std::string_view, 7> kLeaves{
    "", "field", "size_of", "count_of", "first_bytes", "at_end", "position"};
constexpr std::array<std::string_view, 22> kSigns{"-",  "~", "not", "+",   "-",  "*",  "/",  "%",
                                                  "&",  "|", "^",   "<<",  ">>", "==", "!=", "<",
                                                  "<=", ">", ">=",  "and", "or", "?"};

std::string_view origin_name(FieldReference::From from) {
  switch (from) {
    case FieldReference::From::holder:
      return "holder";
    case FieldReference::From::root:
      return "root";
    case FieldReference::From::element:
      return "element";
  }
  return "";
}

std::optional<std::string> whole_number(const std::string& text) {
  Field field;
  field.size = sizeof(std::uint64_t);
  for (const FieldType type : {FieldType::unsigned_integer, FieldType::signed_integer}) {
    field.type = type;
    if (const auto value = parse_field_number(text, field)) return lua_value(*value);
  }
  return std::nullopt;
}

std::string lua_leaf(const Expression& leaf) {
  const FieldReference& reference = leaf.field;
  std::string text =
      fmt::format("{{ leaf = {}, reference = {{ from = {}, levels = {}, root = {}, path = {} }}",
                  lua_string(kLeaves.at(static_cast<std::size_t>(leaf.kind))),
                  lua_string(origin_name(reference.from)), reference.levels,
                  lua_string(reference.root), lua_string(reference.path));
  if (leaf.kind == Operator::first_bytes) {
    const auto number = [&](std::size_t index) {
      return render_number(std::get<WideNumber>(leaf.operands.at(index).value));
    };
    text += fmt::format(", offset = {}, size = {}, little = {}", number(0), number(1),
                        number(2) != "0");
  }
  return text + " }";
}

Expected<std::string, std::string> lua_constant(const ExpressionValue& value) {
  if (const auto* const bytes = std::get_if<Bytes>(&value)) {
    return fmt::format("{{ value = {} }}", lua_string(*bytes));
  }
  const WideNumber number = std::get<WideNumber>(value);
  if (is_plain_number(number)) return fmt::format("{{ value = {} }}", render_number(number));
  return Unexpected<std::string>(fmt::format(
      "an expression has the number {}, and Lua holds none beyond 2^53", render_number(number)));
}

}  // namespace

std::string lua_literal(const Literal& literal) {
  if (literal.is_text) return fmt::format("{{ text = {} }}", lua_string(literal.text));
  std::string text = fmt::format("{{ word = {}", lua_string(literal.text));
  if (const auto number = whole_number(literal.text)) text += ", number = " + *number;
  const auto real = parse_number<double>(literal.text);
  const auto shown = real ? lua_number(*real) : std::nullopt;
  const auto single =
      real ? lua_number(static_cast<double>(static_cast<float>(*real))) : std::nullopt;
  if (shown && single) text += fmt::format(", real = {}, single = {}", *shown, *single);
  return text + " }";
}

std::string lua_condition(const FieldCondition& condition) {
  return fmt::format("{{ field = {}, sign = \"{}\", value = {} }}", lua_string(condition.field),
                     kComparisons.at(static_cast<std::size_t>(condition.comparison)),
                     lua_literal(condition.value));
}

std::string lua_conditions(const std::vector<FieldCondition>& conditions) {
  std::vector<std::string> texts;
  for (const FieldCondition& one : conditions) texts.push_back(lua_condition(one));
  return fmt::format("{{ {} }}", fmt::join(texts, ", "));
}

Expected<std::string, std::string> lua_expression(const Expression& expression) {
  if (expression.kind == Operator::constant) return lua_constant(expression.value);
  if (expression.kind < Operator::negate) return lua_leaf(expression);
  const auto sign =
      static_cast<std::size_t>(expression.kind) - static_cast<std::size_t>(Operator::negate);
  std::string text = fmt::format("{{ sign = \"{}\"", kSigns.at(sign));
  for (const Expression& operand : expression.operands) {
    const auto inner = lua_expression(operand);
    if (!inner) return Unexpected<std::string>(inner.error());
    text += ", " + *inner;
  }
  return text + " }";
}

}  // namespace wireproof
