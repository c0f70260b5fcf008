#include "expect/field/expression.h"

#include <limits>
#include <map>
#include <string>

#include "catch.h"

namespace wireproof {
namespace {

Expression field(const std::string& path) {
  Expression leaf;
  leaf.kind = Operator::field;
  leaf.field.path = path;
  return leaf;
}

Expression made(Operator kind, std::vector<Expression> operands) {
  Expression expression;
  expression.kind = kind;
  expression.operands = std::move(operands);
  return expression;
}

Expression number(std::int64_t value) {
  return number_expression(value);
}

LeafValue values(std::map<std::string, std::int64_t> known) {
  return [known = std::move(known)](const Expression& leaf) -> std::optional<ExpressionValue> {
    const auto found = known.find(leaf.field.path);
    if (found == known.end()) return std::nullopt;
    return WideNumber{found->second};
  };
}

// The value as a text; "none" where there is none.
std::string value_of(const Expression& expression, const LeafValue& leaf = values({})) {
  const auto value = evaluate_number(expression, leaf);
  return value ? render_number(*value) : "none";
}

std::string solution(const Expression& expression, std::int64_t wanted,
                     const LeafValue& leaf = values({})) {
  const auto value = solve(expression, field("len").field, wanted, leaf);
  return value ? render_number(*value) : "none";
}

constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();
constexpr auto kMost = std::numeric_limits<std::int64_t>::max();

}  // namespace

TEST_CASE("expressions compute whole numbers, and divide towards minus infinity", "[expression]") {
  struct Row {
    Operator kind;
    std::int64_t a;
    std::int64_t b;
    std::string value;
  };
  const std::vector<Row> rows{
      {Operator::add, kMost, kMost, "18446744073709551614"},
      {Operator::subtract, 3, 5, "-2"},
      {Operator::multiply, kMost, 3, "none"},
      {Operator::multiply, kLeast, kLeast, "none"},
      {Operator::divide, -7, 2, "-4"},
      {Operator::divide, 7, 0, "none"},
      {Operator::modulo, -7, 4, "1"},
      {Operator::modulo, 7, 0, "none"},
      {Operator::bit_and, 0x45, 0x0f, "5"},
      {Operator::bit_or, 0x40, 5, "69"},
      {Operator::bit_xor, 5, 1, "4"},
      {Operator::shift_left, 1, 63, "9223372036854775808"},
      {Operator::shift_left, 1, 65, "none"},
      {Operator::shift_left, 1, -1, "none"},
      {Operator::shift_right, -1, 60, "-1"},
      {Operator::less, 1, 2, "1"},
      {Operator::at_least, 1, 2, "0"},
      {Operator::logical_and, 7, 2, "1"},
      {Operator::logical_or, 0, 0, "0"},
  };
  for (const Row& row : rows) {
    CAPTURE(static_cast<int>(row.kind), row.a, row.b);
    CHECK(value_of(made(row.kind, {number(row.a), number(row.b)})) == row.value);
  }
}

TEST_CASE("what is not known matters only where it is asked for", "[expression]") {
  const Expression unknown = field("none");
  CHECK(value_of(made(Operator::logical_and, {number(0), unknown})) == "0");
  CHECK(value_of(made(Operator::logical_and, {number(1), unknown})) == "none");
  CHECK(value_of(made(Operator::logical_or, {number(1), unknown})) == "1");
  CHECK(value_of(made(Operator::choose, {number(1), number(4), unknown})) == "4");
  CHECK(value_of(made(Operator::choose, {number(0), number(4), unknown})) == "none");
  CHECK_FALSE(holds(made(Operator::equal, {unknown, unknown}), values({})));
}

TEST_CASE("texts are compared with texts alone", "[expression]") {
  Expression text;
  text.value = Bytes{'a'};
  Expression greater = text;
  greater.value = Bytes{'b'};
  CHECK(value_of(made(Operator::less, {text, greater})) == "1");
  CHECK(value_of(made(Operator::equal, {text, number(1)})) == "none");
  CHECK(value_of(made(Operator::add, {text, text})) == "none");
}

TEST_CASE("an expression is solved where it is linear in the field", "[expression]") {
  const Expression len = field("len");
  const Expression words =
      made(Operator::subtract, {made(Operator::multiply, {len, number(4)}), number(20)});
  CHECK(solution(words, 8) == "7");
  CHECK(solution(words, 6) == "none");
  CHECK(solution(made(Operator::divide, {len, number(2)}), 3) == "6");
  CHECK(solution(made(Operator::shift_left, {len, number(2)}), 12) == "3");
  CHECK(solution(made(Operator::subtract, {number(32), len}), 30) == "2");
  CHECK(solution(made(Operator::negate, {len}), -4) == "4");
  CHECK(solution(made(Operator::bit_and, {len, number(15)}), 3) == "none");
  CHECK(solution(made(Operator::multiply, {len, len}), 4) == "none");
  CHECK(solution(number(3), 3) == "none");
  // The other fields count as they are.
  const Expression both = made(Operator::subtract, {len, field("head")});
  CHECK(solution(both, 10, values({{"head", 20}})) == "30");
  CHECK(solution(both, 10) == "none");
  const Expression chosen = made(Operator::choose, {field("kind"), len, number(4)});
  CHECK(solution(chosen, 9, values({{"kind", 1}})) == "9");
  CHECK(solution(chosen, 9, values({{"kind", 0}})) == "none");
  // A condition on the field itself: of both branches that which comes true.
  const Expression bounded =
      made(Operator::choose, {made(Operator::greater, {len, number(2)}),
                              made(Operator::subtract, {len, number(2)}), number(0)});
  CHECK(solution(bounded, 5) == "7");
  CHECK(solution(bounded, 0) == "2");
}

TEST_CASE("expressions are shown as they are written", "[expression]") {
  Expression parent = field("len");
  parent.field.levels = 2;
  CHECK(render_expression(made(Operator::subtract, {parent, number(4)})) ==
        "_parent._parent.len - 4");
  CHECK(render_expression(made(Operator::logical_not, {field("a")})) == "not a");
  CHECK(render_expression(made(Operator::choose, {field("a"), number(1), number(2)})) ==
        "a ? 1 : 2");
  CHECK(render_expression(made(Operator::multiply,
                               {made(Operator::bit_and, {field("b1"), number(15)}), number(4)})) ==
        "(b1 & 15) * 4");
}

}  // namespace wireproof
