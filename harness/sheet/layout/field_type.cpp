#include "sheet/layout/layout_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text/bytes.h"
#include "expect/payload/field_codec.h"
#include "sheet/text/cursor.h"

namespace wireproof {
namespace {

constexpr std::uint64_t kMaxCount = 1 << 26;  // elements of one field

struct NumberType {
  std::string_view name;
  FieldType type;
  std::size_t size;
};

constexpr std::array<NumberType, 10> kNumberTypes{{
    {"u8", FieldType::unsigned_integer, 1},
    {"u16", FieldType::unsigned_integer, 2},
    {"u32", FieldType::unsigned_integer, 4},
    {"u64", FieldType::unsigned_integer, 8},
    {"i8", FieldType::signed_integer, 1},
    {"i16", FieldType::signed_integer, 2},
    {"i32", FieldType::signed_integer, 4},
    {"i64", FieldType::signed_integer, 8},
    {"f32", FieldType::floating, 4},
    {"f64", FieldType::floating, 8},
}};

bool read_number_type(std::string_view word, ByteOrder order, Field& field) {
  if (word.ends_with("le")) {
    order = ByteOrder::little;
    word.remove_suffix(2);
  } else if (word.ends_with("be")) {
    order = ByteOrder::big;
    word.remove_suffix(2);
  }
  const auto found = std::ranges::find(kNumberTypes, word, &NumberType::name);
  if (found == kNumberTypes.end()) return false;
  field.type = found->type;
  field.size = found->size;
  field.order = order;
  return true;
}

// The words up to `[`, ` until ` or ` padded by `.
std::string take_type_name(Cursor& cursor) {
  std::string name;
  while (!cursor.at_end() && cursor.peek() != '[' && cursor.peek() != '"') {
    if (!name.empty() && (cursor.is_word("until") || cursor.is_word("padded"))) break;
    const std::string word = cursor.take_any_word();
    if (word.empty()) break;
    name += name.empty() ? word : " " + word;
  }
  return name;
}

bool read_count(Cursor& cursor, Field& field, Problems& problems) {
  if (!cursor.take_symbol("[")) return true;
  const std::size_t begin = cursor.offset();
  field.is_array = !is_string(field);
  if (const auto number = cursor.take_number()) {
    field.count = CountFixed{*number};
    if (*number > kMaxCount) {
      return problems.error(cursor.span_from(begin), fmt::format("{} is too many", *number),
                            fmt::format("at most {}", kMaxCount));
    }
  } else if (cursor.take_word("rest")) {
    field.count = CountRest{};
  } else {
    const std::string name = cursor.take_any_word();
    if (name.empty()) {
      return problems.error(cursor.next_span(), "a count is missing",
                            "a number, an earlier field, or `rest`");
    }
    field.count = CountField{name};
  }
  if (cursor.take_symbol("]")) return true;
  return problems.error(cursor.span_from(begin), "the count is not closed with `]`",
                        "as i32[n]: a number, an earlier field, or `rest`");
}

bool read_terminator(Cursor& cursor, Field& field, Problems& problems) {
  const Span place = cursor.next_span();
  const std::size_t known = problems.count();
  const auto terminator = cursor.take_quoted(problems);
  const bool has_count = !std::holds_alternative<CountRest>(field.count);
  if (terminator && !terminator->empty() && !has_count) {
    const ByteView bytes = as_bytes(*terminator);
    field.count = CountUntil{Bytes(bytes.begin(), bytes.end())};
    return true;
  }
  if (problems.count() == known) {
    problems.error(place, "`until` needs a text that is not empty, and no count",
                   "as: text until \"\\n\"");
  }
  return false;
}

bool read_padding(Cursor& cursor, Field& field, Problems& problems) {
  const Span place = cursor.next_span();
  const std::size_t known = problems.count();
  const bool by = cursor.take_word("by");
  const auto padding = cursor.take_quoted(problems);
  if (by && padding && padding->size() == 1 && !field.is_array) {
    field.padding = static_cast<std::uint8_t>(padding->front());
    return true;
  }
  if (problems.count() == known) {
    problems.error(place, "`padded by` needs a text of one byte", "as: text[20] padded by \"-\"");
  }
  return false;
}

}  // namespace

std::vector<std::string> type_names() {
  std::vector<std::string> names = list_names(kNumberTypes);
  names.insert(names.end(), {"bytes", "text"});
  return names;
}

bool parse_field_type(const Fragment& cell, ByteOrder order, Field& field, Problems& problems) {
  Cursor cursor(cell);
  const std::string name = take_type_name(cursor);
  if (name.empty()) {
    return problems.error(
        cell.span(), "a type is missing",
        fmt::format("known: {}, or a layout's name", fmt::join(type_names(), ", ")));
  }
  if (name == "bytes" || name == "text") {
    field.type = name == "bytes" ? FieldType::bytes : FieldType::text;
    field.count = CountRest{};
  } else if (!read_number_type(name, order, field)) {
    field.type = FieldType::layout;
    field.size = 0;
    field.layout = name;
  }
  if (!read_count(cursor, field, problems)) return false;
  if (is_string(field) && cursor.take_word("until") && !read_terminator(cursor, field, problems)) {
    return false;
  }
  if (is_string(field) && cursor.take_word("padded") && !read_padding(cursor, field, problems)) {
    return false;
  }
  if (cursor.at_end()) return true;
  return problems.error(cursor.next_span(),
                        fmt::format("`{}` does not belong to a type", cursor.next_token()),
                        "as u32, i32[n], text[20] padded by \"-\", text until \"\\n\"");
}

namespace {

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
  const auto ends = split_range(cell.text);
  if (!ends || cell.text.find('"') < cell.text.find("..")) return std::nullopt;
  const auto least = parse_number<std::int64_t>(ends->least);
  const auto most = parse_number<std::int64_t>(ends->most);
  if (!least || !most || *least > *most) {
    problems.error(cell.span(), fmt::format("`{}` is no range", cell.text),
                   "two whole numbers, the smaller first, as 1..9");
    return ValueAny{};
  }
  if (!is_integer(field)) {
    problems.error(cell.span(),
                   fmt::format("a range is no value of the type {}", render_field_type(field)));
    return ValueAny{};
  }
  return ValueRange{*least, *most};
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
