#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text/bytes.h"
#include "expect/payload/field_codec.h"
#include "sheet/layout/field_condition.h"
#include "sheet/layout/layout_section.h"

namespace wireproof {
namespace {

constexpr std::uint64_t kMaxCount = 1 << 26;  // elements of one field
constexpr std::uint64_t kMaxAlign = 4096;
constexpr std::size_t kMaxCases = 256;
constexpr std::size_t kMaxNames = 1000;
constexpr std::size_t kMaxSwitches = 4;  // in each other, in one cell

struct NumberType {
  std::string_view name;
  FieldType type;
  std::size_t size;
  NumberCoding coding = NumberCoding::fixed;
};

constexpr std::array<NumberType, 15> kNumberTypes{{
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
    {"leb128", FieldType::unsigned_integer, 8, NumberCoding::leb128},
    {"sleb128", FieldType::signed_integer, 8, NumberCoding::sleb128},
    {"zigzag", FieldType::signed_integer, 8, NumberCoding::zigzag},
    {"quic-varint", FieldType::unsigned_integer, 8, NumberCoding::quic},
    {"mqtt-varint", FieldType::unsigned_integer, 8, NumberCoding::mqtt},
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
  field.coding = found->coding;
  field.order = found->coding == NumberCoding::fixed ? order : ByteOrder::big;
  return true;
}

// What may follow the name of a type.
constexpr std::array<std::string_view, 5> kEndWords{"until", "padded", "prefixed", "repeat", "if"};

// The words up to `[`, `{`, or one of those that may follow.
std::string take_type_name(Cursor& cursor) {
  std::string name;
  while (!cursor.at_end() && cursor.peek() != '[' && cursor.peek() != '"') {
    const bool ends =
        std::ranges::any_of(kEndWords, [&](std::string_view word) { return cursor.is_word(word); });
    if (!name.empty() && ends) break;
    const std::string word = cursor.take_any_word();
    if (word.empty()) break;
    name += name.empty() ? word : " " + word;
  }
  return name;
}

// Of `switch FIELD {`: the field; nothing is taken where that does not stand here.
std::optional<std::string> take_switch(Cursor& cursor) {
  const std::size_t begin = cursor.offset();
  if (cursor.take_word("switch")) {
    std::string field = cursor.take_path();
    if (!field.empty() && cursor.take_symbol("{")) return field;
  }
  cursor.reset(begin);
  return std::nullopt;
}

class TypeParser {
 public:
  TypeParser(Cursor& cursor, ByteOrder order, Problems& problems)
      : cursor_(cursor), order_(order), problems_(problems) {}

  // A type with all that may follow it but conditions. False when it is malformed (reported).
  bool parse(Field& field) {
    if (auto chooser = take_switch(cursor_)) {
      field.type = FieldType::choice;
      field.size = 0;
      field.chosen_by = std::move(*chooser);
      return parse_cases(field);
    }
    const std::size_t begin = cursor_.offset();
    const std::string name = take_type_name(cursor_);
    if (name.empty()) {
      return problems_.error(
          ProblemCode::unknown_type, cursor_.next_span(), "a type is missing",
          fmt::format("known: {}, or a layout's name", fmt::join(type_names(), ", ")));
    }
    if (!read_name(name, cursor_.span_from(begin), field)) return false;
    return read_names(field) && read_count(field) && read_string_end(field) && read_repeat(field);
  }

 private:
  bool read_name(const std::string& name, Span span, Field& field) {
    if (name == "bytes" || name == "text") {
      field.type = name == "bytes" ? FieldType::bytes : FieldType::text;
      field.count = CountRest{};
      return true;
    }
    if (name == "flag") {
      set_bits(1, field);
      field.names = flag_names();
      field.other_values = false;
      return true;
    }
    if (read_number_type(name, order_, field)) return true;
    if (const auto bits = number_behind("bits ", name)) return read_bits(*bits, span, field);
    if (const auto size = number_behind("align ", name)) return read_align(*size, span, field);
    field.type = FieldType::layout;
    field.size = 0;
    field.layout = name;
    return true;
  }

  static std::optional<std::uint64_t> number_behind(std::string_view word, std::string_view name) {
    if (!name.starts_with(word)) return std::nullopt;
    return parse_number<std::uint64_t>(name.substr(word.size()));
  }

  static void set_bits(std::size_t bits, Field& field) {
    field.type = FieldType::unsigned_integer;
    field.bits = bits;
    field.size = (bits + 7) / 8;
    field.order = ByteOrder::big;
  }

  bool read_bits(std::uint64_t bits, Span span, Field& field) {
    if (bits < 1 || bits > 64) {
      return problems_.error(ProblemCode::type_size, span,
                             fmt::format("a bit field cannot have {} bits", bits), "1 to 64");
    }
    set_bits(static_cast<std::size_t>(bits), field);
    return true;
  }

  bool read_align(std::uint64_t size, Span span, Field& field) {
    if (size < 1 || size > kMaxAlign) {
      return problems_.error(ProblemCode::type_size, span, fmt::format("{} is no alignment", size),
                             fmt::format("1 to {} bytes", kMaxAlign));
    }
    field.type = FieldType::bytes;
    field.count = CountAlign{static_cast<std::size_t>(size)};
    return true;
  }

  // `{query=0, reply=1, ...}`
  bool read_names(Field& field) {
    if (!is_integer(field) || !field.names.empty() || cursor_.peek() != '{') return true;
    const std::size_t begin = cursor_.offset();
    cursor_.take_symbol("{");
    field.other_values = false;
    do {
      if (cursor_.take_symbol("...")) {
        field.other_values = true;
        break;
      }
      if (!read_value_name(field)) return false;
    } while (cursor_.take_symbol(","));
    if (!cursor_.take_symbol("}")) {
      return problems_.error(ProblemCode::value_names, cursor_.span_from(begin),
                             "the names are not closed with `}`",
                             "as u8 {query=0, reply=1}; `...` at the end for other values");
    }
    if (!field.names.empty()) return true;
    return problems_.error(ProblemCode::value_names, cursor_.span_from(begin),
                           "no value has a name", "as u8 {query=0, reply=1}");
  }

  bool read_value_name(Field& field) {
    const std::size_t begin = cursor_.offset();
    const std::string name = cursor_.take_any_word();
    const bool has_value = cursor_.take_symbol("=");
    std::string text = cursor_.take_symbol("-") ? "-" : "";
    text += cursor_.take_any_word();
    const Span span = cursor_.span_from(begin);
    const bool is_name = name.find_first_not_of("0123456789-") != name.npos;
    if (!is_name || !has_value || text.empty()) {
      return problems_.error(ProblemCode::value_names,
                             begin == cursor_.offset() ? cursor_.next_span() : span,
                             "a name and its value are missing", "as u8 {query=0, reply=1}");
    }
    const bool repeated =
        std::ranges::find(field.names, name, &ValueName::name) != field.names.end();
    if (repeated)
      return problems_.error(ProblemCode::value_names, span,
                             fmt::format("the name `{}` is there twice", name));
    Field plain = field;
    plain.names.clear();
    const auto value = parse_field_number(text, plain);
    if (!value) return problems_.error(ProblemCode::value_names, span, value.error());
    field.names.push_back({name, *value});
    if (field.names.size() <= kMaxNames) return true;
    return problems_.error(ProblemCode::layout_limit, span,
                           fmt::format("a type has at most {} names", kMaxNames));
  }

  bool read_count(Field& field) {
    const bool is_open = !std::holds_alternative<CountAlign>(field.count) && field.bits == 0;
    if (!is_open || !cursor_.take_symbol("[")) return true;
    const std::size_t begin = cursor_.offset();
    field.is_array = !is_string(field);
    if (!read_number_of(field)) return false;
    if (cursor_.take_symbol("]")) return true;
    return problems_.error(ProblemCode::element_count, cursor_.span_from(begin),
                           "the count is not closed with `]`",
                           "as i32[n]: a number, an earlier field, or `rest`");
  }

  // A number, a field or `rest`.
  bool read_number_of(Field& field) {
    const std::size_t begin = cursor_.offset();
    if (const auto number = cursor_.take_number()) {
      field.count = CountFixed{*number};
      if (*number <= kMaxCount) return true;
      return problems_.error(ProblemCode::layout_limit, cursor_.span_from(begin),
                             fmt::format("{} is too many", *number),
                             fmt::format("at most {}", kMaxCount));
    }
    if (cursor_.take_word("rest")) {
      field.count = CountRest{};
      return true;
    }
    const std::string name = cursor_.take_path();
    if (name.empty()) {
      return problems_.error(ProblemCode::element_count, cursor_.next_span(), "a count is missing",
                             "a number, an earlier field, or `rest`");
    }
    field.count = CountField{name};
    return true;
  }

  bool read_string_end(Field& field) {
    if (!is_string(field) || std::holds_alternative<CountAlign>(field.count)) return true;
    if (cursor_.take_word("until") && !read_terminator(field)) return false;
    if (cursor_.take_word("prefixed") && !read_prefix(field)) return false;
    return !cursor_.take_word("padded") || read_padding(field);
  }

  bool read_terminator(Field& field) {
    const Span place = cursor_.next_span();
    const std::size_t known = problems_.count();
    const auto terminator = cursor_.take_quoted(problems_);
    const bool has_count = !std::holds_alternative<CountRest>(field.count);
    if (terminator && !terminator->empty() && !has_count) {
      const ByteView bytes = as_bytes(*terminator);
      field.count = CountUntil{Bytes(bytes.begin(), bytes.end())};
      return true;
    }
    if (problems_.count() == known) {
      problems_.error(ProblemCode::text_end, place,
                      "`until` needs a text that is not empty, and no count",
                      "as: text until \"\\n\"");
    }
    return false;
  }

  bool read_prefix(Field& field) {
    const Span place = cursor_.next_span();
    const bool has_count = !std::holds_alternative<CountRest>(field.count);
    Field number;
    const bool is_number = cursor_.take_word("by") &&
                           read_number_type(cursor_.take_any_word(), order_, number) &&
                           number.type == FieldType::unsigned_integer;
    if (is_number && !has_count) {
      field.count = CountPrefix{number.size, number.order, number.coding};
      return true;
    }
    return problems_.error(ProblemCode::text_end, place,
                           "`prefixed by` needs an unsigned type, and no count",
                           "as: text prefixed by u16");
  }

  bool read_padding(Field& field) {
    const Span place = cursor_.next_span();
    const std::size_t known = problems_.count();
    const bool by = cursor_.take_word("by");
    const auto padding = cursor_.take_quoted(problems_);
    const bool has_size = std::holds_alternative<CountFixed>(field.count) ||
                          std::holds_alternative<CountField>(field.count);
    if (by && padding && padding->size() == 1 && !field.is_array && has_size) {
      field.padding = static_cast<std::uint8_t>(padding->front());
      return true;
    }
    if (problems_.count() == known) {
      problems_.error(ProblemCode::text_end, place,
                      "`padded by` needs a size before it and a text of one byte",
                      "as: text[20] padded by \"-\"");
    }
    return false;
  }

  // `repeat 3`, `repeat n`, `repeat until end`, `repeat until type == 0`
  bool read_repeat(Field& field) {
    const Span place = cursor_.next_span();
    if (!cursor_.take_word("repeat")) return true;
    const bool is_one = std::holds_alternative<CountOne>(field.count) && field.bits == 0;
    if (!is_one) {
      return problems_.error(ProblemCode::unrepeatable_type, place,
                             fmt::format("{} cannot be repeated", render_field_type(field)),
                             "put it into a layout of its own, and repeat that");
    }
    field.is_array = true;
    if (!cursor_.take_word("until")) return read_number_of(field);
    if (cursor_.take_word("end")) {
      field.count = CountRest{};
      return true;
    }
    CountUntilValue until;
    do {
      const auto condition = read_field_condition(cursor_, problems_);
      if (!condition) return false;
      until.conditions.push_back(*condition);
    } while (cursor_.take_word("or"));
    field.count = std::move(until);
    return true;
  }

  bool parse_cases(Field& field) {
    const std::size_t begin = cursor_.offset();
    if (++switches_ > kMaxSwitches) {
      return problems_.error(ProblemCode::layout_limit, cursor_.next_span(),
                             "too many choices in each other",
                             "put them into a layout of their own");
    }
    do {
      if (!parse_case(field)) return false;
    } while (cursor_.take_symbol(","));
    --switches_;
    if (cursor_.take_symbol("}")) return true;
    return problems_.error(ProblemCode::switch_cases, cursor_.span_from(begin),
                           "the cases are not closed with `}`",
                           "as switch type {1: query, 2: reply, else: bytes}");
  }

  bool parse_case(Field& field) {
    const std::size_t begin = cursor_.offset();
    const bool follows_else = !field.cases.empty() && !field.cases.back().value;
    FieldCase one;
    one.field.name = field.name;
    if (!cursor_.take_word("else")) {
      one.value = read_literal(cursor_, problems_);
      if (!one.value) return false;
    }
    const Span span = cursor_.span_from(begin);
    const bool repeated =
        std::ranges::find(field.cases, one.value, &FieldCase::value) != field.cases.end();
    if (repeated)
      return problems_.error(ProblemCode::switch_cases, span, "this case is there twice");
    if (follows_else)
      return problems_.error(ProblemCode::switch_cases, span,
                             "`else` takes all that is left: put it last");
    if (field.cases.size() == kMaxCases) {
      return problems_.error(ProblemCode::layout_limit, span,
                             fmt::format("a choice has at most {} cases", kMaxCases));
    }
    if (!cursor_.take_symbol(":")) {
      return problems_.error(ProblemCode::switch_cases, cursor_.next_span(),
                             "a case needs a `:` and a type",
                             "as switch type {1: query, 2: reply, else: bytes}");
    }
    if (!parse(one.field)) return false;
    field.cases.push_back(std::move(one));
    return true;
  }

  Cursor& cursor_;
  const ByteOrder order_;
  Problems& problems_;
  std::size_t switches_ = 0;
};

}  // namespace

std::vector<std::string> type_names() {
  std::vector<std::string> names = list_names(kNumberTypes);
  names.insert(names.end(), {"bytes", "text", "bits N", "flag", "align N", "switch"});
  return names;
}

bool parse_field_type(const Fragment& cell, ByteOrder order, Field& field, Problems& problems) {
  Cursor cursor(cell);
  if (cursor.at_end()) {
    return problems.error(
        ProblemCode::unknown_type, cell.span(), "a type is missing",
        fmt::format("known: {}, or a layout's name", fmt::join(type_names(), ", ")));
  }
  if (!TypeParser(cursor, order, problems).parse(field)) return false;
  if (cursor.take_word("if")) {
    do {
      const auto condition = read_presence(cursor, problems);
      if (!condition) return false;
      field.conditions.push_back(*condition);
    } while (cursor.take_word("and"));
  }
  if (cursor.at_end()) return true;
  return problems.error(ProblemCode::word_behind_type, cursor.next_span(),
                        fmt::format("`{}` does not belong to a type", cursor.next_token()),
                        "as u32, i32[n], text[20] padded by \"-\", text until \"\\n\"");
}

}  // namespace wireproof
