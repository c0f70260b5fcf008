#include "sheet/layout/field_type.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

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
  const bool is_string = field.type == FieldType::bytes || field.type == FieldType::text;
  field.is_array = !is_string;
  if (const auto number = cursor.take_number()) {
    field.count = CountFixed{*number};
    if (*number > kMaxCount) {
      problems.error(cursor.span_from(begin), fmt::format("{} is too many", *number),
                     fmt::format("at most {}", kMaxCount));
      return false;
    }
  } else if (cursor.take_word("rest")) {
    field.count = CountRest{};
  } else {
    const std::string name = cursor.take_any_word();
    if (name.empty()) {
      problems.error(cursor.next_span(), "a count is missing",
                     "a number, an earlier field, or `rest`");
      return false;
    }
    field.count = CountField{name};
  }
  if (cursor.take_symbol("]")) return true;
  problems.error(cursor.span_from(begin), "the count is not closed with `]`",
                 "as i32[n]: a number, an earlier field, or `rest`");
  return false;
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

const std::vector<std::string>& type_names() {
  static const std::vector<std::string> kNames{"u8",  "u16", "u32", "u64", "i8",    "i16",
                                               "i32", "i64", "f32", "f64", "bytes", "text"};
  return kNames;
}

bool parse_field_type(const Fragment& cell, ByteOrder order, Field& field, Problems& problems) {
  Cursor cursor(cell);
  const std::string name = take_type_name(cursor);
  if (name.empty()) {
    problems.error(cell.span(), "a type is missing",
                   fmt::format("known: {}, or a layout's name", fmt::join(type_names(), ", ")));
    return false;
  }
  if (name == "bytes" || name == "text") {
    field.type = name == "bytes" ? FieldType::bytes : FieldType::text;
    field.count = CountRest{};
  } else if (!read_number_type(name, order, field)) {
    field.type = FieldType::layout;
    field.size = 0;
    field.layout = name;
  }
  const bool is_string = field.type == FieldType::bytes || field.type == FieldType::text;
  if (!read_count(cursor, field, problems)) return false;
  if (is_string && cursor.take_word("until") && !read_terminator(cursor, field, problems)) {
    return false;
  }
  if (is_string && cursor.take_word("padded") && !read_padding(cursor, field, problems)) {
    return false;
  }
  if (cursor.at_end()) return true;
  problems.error(cursor.next_span(),
                 fmt::format("`{}` does not belong to a type", cursor.next_token()),
                 "as u32, i32[n], text[20] padded by \"-\", text until \"\\n\"");
  return false;
}

}  // namespace wireproof
