#include "sheet/layout/field_condition.h"

#include <array>

namespace wireproof {
namespace {

struct Sign {
  std::string_view text;
  Comparison comparison;
};

// The longer ones first.
constexpr std::array<Sign, 6> kSigns{{{"==", Comparison::equal},
                                      {"!=", Comparison::not_equal},
                                      {"<=", Comparison::at_most},
                                      {">=", Comparison::at_least},
                                      {"<", Comparison::less},
                                      {">", Comparison::greater}}};

std::optional<Comparison> take_comparison(Cursor& cursor) {
  for (const Sign& sign : kSigns) {
    if (cursor.take_symbol(sign.text)) return sign.comparison;
  }
  return std::nullopt;
}

std::optional<std::string> read_name(Cursor& cursor, Problems& problems) {
  std::string name = cursor.take_path();
  if (!name.empty()) return name;
  problems.error(ProblemCode::field_condition, cursor.next_span(), "a condition names a field",
                 "as: if type == 1");
  return std::nullopt;
}

}  // namespace

std::optional<Literal> read_literal(Cursor& cursor, Problems& problems) {
  if (cursor.peek() == '"') {
    auto text = cursor.take_quoted(problems);
    if (!text) return std::nullopt;
    return Literal{std::move(*text), true};
  }
  const Span place = cursor.next_span();
  std::string text = cursor.take_symbol("-") ? "-" : "";
  const std::string word = cursor.take_any_word();
  if (!word.empty()) return Literal{text + word, false};
  problems.error(ProblemCode::field_condition, place, "a value is missing",
                 "a number, a name of the field's values, or a \"text\"");
  return std::nullopt;
}

std::optional<FieldCondition> read_field_condition(Cursor& cursor, Problems& problems) {
  FieldCondition condition;
  const auto name = read_name(cursor, problems);
  if (!name) return std::nullopt;
  condition.field = *name;
  const auto comparison = take_comparison(cursor);
  if (!comparison) {
    problems.error(ProblemCode::field_condition, cursor.next_span(), "a comparison is missing",
                   "one of == != < <= > >=");
    return std::nullopt;
  }
  condition.comparison = *comparison;
  const auto value = read_literal(cursor, problems);
  if (!value) return std::nullopt;
  condition.value = *value;
  return condition;
}

std::optional<FieldCondition> read_presence(Cursor& cursor, Problems& problems) {
  Cursor ahead = cursor;
  const bool is_not = ahead.take_word("not");
  const std::string name = ahead.take_path();
  const bool is_alone = !name.empty() && (ahead.at_end() || ahead.is_word("and"));
  if (!is_alone) return read_field_condition(cursor, problems);
  cursor = ahead;
  return FieldCondition{name, is_not ? Comparison::equal : Comparison::not_equal,
                        Literal{"0", false}};
}

}  // namespace wireproof
