#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

#include "base/text/hex.h"
#include "expect/payload/field_codec.h"
#include "expect/payload/layout.h"
#include "sheet/layout/field_type.h"
#include "sheet/text/cursor.h"

namespace wireproof {
namespace {

bool is_string(const Field& field) {
  return field.type == FieldType::bytes || field.type == FieldType::text;
}

std::optional<FieldValue> read_text(Cursor& cursor, const Field& field, Problems& problems) {
  const std::size_t begin = cursor.offset();
  const auto text = cursor.take_quoted(problems);
  if (!text) return std::nullopt;
  const Span span = cursor.span_from(begin);
  if (!is_string(field)) {
    problems.error(span, fmt::format("a text is no value of the type {}", render_field_type(field)),
                   "a number, or the type text");
    return std::nullopt;
  }
  const auto* const fixed = std::get_if<CountFixed>(&field.count);
  const bool too_short = fixed != nullptr && text->size() < fixed->count && !field.padding;
  if (fixed != nullptr && (text->size() > fixed->count || too_short)) {
    problems.error(span, fmt::format("{} has {} bytes, the field has {}",
                                     render_quoted(as_bytes(*text)), text->size(), fixed->count));
    return std::nullopt;
  }
  const ByteView bytes = as_bytes(*text);
  return Bytes(bytes.begin(), bytes.end());
}

std::optional<FieldValue> read_number(Cursor& cursor, const Field& field, Problems& problems) {
  const std::size_t begin = cursor.offset();
  std::string text = cursor.take_symbol("-") ? "-" : "";
  text += cursor.take_path();
  const auto value = is_string(field) || field.type == FieldType::layout
                         ? Expected<FieldValue, std::string>(Unexpected<std::string>(
                               "a number is no value of the type " + render_field_type(field)))
                         : parse_field_number(text, field);
  if (value) return *value;
  problems.error(cursor.span_from(begin), value.error(),
                 "a number, \"text\", a..b, \"A\"\\|\"B\", size of FIELD, or count of FIELD");
  return std::nullopt;
}

std::optional<FieldRule> read_range(const Fragment& cell, const Field& field, Problems& problems) {
  const std::size_t dots = cell.text.find("..");
  if (dots == std::string::npos || cell.text.find('"') < dots) return std::nullopt;
  ValueRange range;
  const std::string_view text = cell.text;
  const std::string_view least = trim_text(text.substr(0, dots));
  const std::string_view most = trim_text(text.substr(dots + 2));
  const auto read = [](std::string_view part, std::int64_t& number) {
    const auto [stopped, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    return error == std::errc() && stopped == part.data() + part.size();
  };
  if (!read(least, range.least) || !read(most, range.most) || range.least > range.most) {
    problems.error(cell.span(), fmt::format("`{}` is no range", cell.text),
                   "two whole numbers, the smaller first, as 1..9");
    return ValueAny{};
  }
  if (!is_integer(field)) {
    problems.error(cell.span(),
                   fmt::format("a range is no value of the type {}", render_field_type(field)));
    return ValueAny{};
  }
  return range;
}

// `size of FIELD`, `count of FIELD`.
std::optional<FieldRule> read_derived(Cursor& cursor, const Field& field, Problems& problems) {
  const std::size_t begin = cursor.offset();
  const bool is_size = cursor.take_word("size");
  if (!is_size && !cursor.take_word("count")) return std::nullopt;
  const bool of = cursor.take_word("of");
  const std::string name = cursor.take_any_word();
  if (!of || name.empty() || !cursor.at_end()) {
    cursor.skip_to_end();
    problems.error(cursor.span_from(begin), "the value is not understood",
                   "as: size of FIELD, count of FIELD");
    return ValueAny{};
  }
  if (!is_integer(field)) {
    problems.error(
        cursor.span_from(begin),
        fmt::format("the type {} cannot hold a size or a count", render_field_type(field)),
        "an integer type, as u32");
    return ValueAny{};
  }
  if (is_size) return ValueSizeOf{name};
  return ValueCountOf{name};
}

}  // namespace

FieldRule parse_field_rule(const Fragment& cell, const Field& field, Problems& problems) {
  if (cell.empty() || cell.text == "*" || cell.text == "any") return ValueAny{};
  if (const auto range = read_range(cell, field, problems)) return *range;
  Cursor cursor(cell);
  if (const auto derived = read_derived(cursor, field, problems)) return *derived;
  ValueOneOf choice;
  do {
    const auto value = cursor.peek() == '"' ? read_text(cursor, field, problems)
                                            : read_number(cursor, field, problems);
    if (!value) return ValueAny{};
    choice.values.push_back(*value);
  } while (cursor.take_symbol("|"));
  if (cursor.at_end()) return choice;
  problems.error(cursor.next_span(), fmt::format("`{}` is not understood", cursor.next_token()),
                 "alternatives are separated by `|`, written \\| in a table");
  return ValueAny{};
}

}  // namespace wireproof
