#include "sheet/layout/layout_section.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sheet/text/cursor.h"

namespace wireproof {
namespace {

constexpr std::uint64_t kMaxRepeat = 1 << 20;

// "Format Characters" in the documentation of Python 3.12's struct module; native sizes and
// alignment are those of the x86-64 System V ABI. n, N and P exist natively only.
struct FormatCode {
  char code;
  FieldType type;
  std::size_t standard_size;  // 0: native only
  std::size_t native_size;    // also its alignment
};

constexpr std::array<FormatCode, 19> kCodes{{
    {'c', FieldType::bytes, 1, 1},
    {'b', FieldType::signed_integer, 1, 1},
    {'B', FieldType::unsigned_integer, 1, 1},
    {'?', FieldType::unsigned_integer, 1, 1},
    {'h', FieldType::signed_integer, 2, 2},
    {'H', FieldType::unsigned_integer, 2, 2},
    {'i', FieldType::signed_integer, 4, 4},
    {'I', FieldType::unsigned_integer, 4, 4},
    {'l', FieldType::signed_integer, 4, 8},
    {'L', FieldType::unsigned_integer, 4, 8},
    {'q', FieldType::signed_integer, 8, 8},
    {'Q', FieldType::unsigned_integer, 8, 8},
    {'n', FieldType::signed_integer, 0, 8},
    {'N', FieldType::unsigned_integer, 0, 8},
    {'P', FieldType::unsigned_integer, 0, 8},
    {'f', FieldType::floating, 4, 4},
    {'d', FieldType::floating, 8, 8},
    {'s', FieldType::text, 1, 1},
    {'x', FieldType::bytes, 1, 1},
}};

class StructReader {
 public:
  StructReader(const Fragment& line, Problems& problems) : cursor_(line), problems_(problems) {}

  // False when the line is not understood (reported).
  bool read(LayoutSource& source) {
    const Span whole = cursor_.next_span();
    if (!cursor_.take_word("struct")) {
      return problems_.error(ProblemCode::struct_line, whole,
                             "a `layout` fence has one line that begins with `struct`",
                             "struct \"!BLL20s\": version order size text");
    }
    if (cursor_.peek() != '"') {
      problems_.error(ProblemCode::struct_line, cursor_.next_span(), "the format is missing",
                      "struct \"!BLL20s\": version order size text");
    }
    const std::size_t begin = cursor_.offset();
    const auto format = cursor_.take_quoted(problems_);
    if (!format) return false;
    const Span span = cursor_.span_from(begin);
    if (!read_format(*format, span)) return false;
    const bool has_names = cursor_.take_symbol(":");
    if (has_names || !cursor_.at_end()) return read_names(source, span);
    std::vector<std::pair<std::string, Span>> names;
    for (std::size_t i = 1; i <= named_count_; ++i) names.emplace_back(fmt::format("f{}", i), span);
    name_fields(source, names);
    return true;
  }

 private:
  bool read_format(const std::string& format, Span span) {
    std::string_view rest = format;
    read_prefix(rest);
    while (!rest.empty()) {
      if (rest.front() == ' ') {
        rest.remove_prefix(1);
      } else if (!read_item(rest, span)) {
        return false;
      }
      if (fields_.size() > kMaxFields) {
        return problems_.error(ProblemCode::layout_limit, span,
                               fmt::format("a layout has at most {} fields", kMaxFields));
      }
    }
    return true;
  }

  // "Byte Order, Size, and Alignment": x86-64 is little-endian.
  void read_prefix(std::string_view& format) {
    if (format.find_first_of("@=<>!") != 0) return;
    const char prefix = format.front();
    native_ = prefix == '@';
    order_ = prefix == '>' || prefix == '!' ? ByteOrder::big : ByteOrder::little;
    format.remove_prefix(1);
  }

  bool read_item(std::string_view& format, Span span) {
    const std::size_t digits = std::min(format.find_first_not_of("0123456789"), format.size());
    const auto count = parse_number<std::uint64_t>(format.substr(0, digits));
    const char letter = digits < format.size() ? format[digits] : '\0';
    const auto code = std::ranges::find(kCodes, letter, &FormatCode::code);
    if (letter == '\0' || code == kCodes.end()) {
      return problems_.error(ProblemCode::struct_format, span,
                             letter == '\0' ? "the format ends with a count"
                                            : fmt::format("unknown format character `{}`", letter),
                             "known: x c b B ? h H i I l L q Q n N P f d s");
    }
    if (!native_ && code->standard_size == 0 && letter != 'x') {
      return problems_.error(ProblemCode::struct_format, span,
                             fmt::format("`{}` has no standard size", letter),
                             "it exists only with the prefix `@` or none");
    }
    const std::uint64_t most = letter == 's' || letter == 'x' ? kMaxRepeat : kMaxFields;
    if (digits > 0 && (!count || *count > most)) {
      return problems_.error(ProblemCode::struct_format, span,
                             fmt::format("the count {} is too large", format.substr(0, digits)),
                             fmt::format("at most {}", most));
    }
    add_item(*code, count.value_or(1), digits > 0);
    format.remove_prefix(digits + 1);
    return true;
  }

  void add_item(const FormatCode& code, std::uint64_t count, bool has_count) {
    Field field;
    field.type = code.type;
    field.order = order_;
    field.size = native_ ? code.native_size : code.standard_size;
    field.align = native_ ? code.native_size : 1;
    if (code.code == 's') {
      field.count = CountFixed{count};
      field.padding = std::uint8_t{0};  // Python's pack fills with zero bytes
    } else if (code.code == 'x') {
      field.name = fmt::format("pad{}", fields_.size());
      field.count = CountFixed{count};
      field.rule = ValueOneOf{{FieldValue(Bytes(count, 0))}};
    } else if (code.code == 'c') {
      field.count = CountFixed{1};
    }
    if (code.code == '?') field.rule = ValueRange{0, 1};
    const bool repeated = has_count && code.code != 's' && code.code != 'x';
    // A count of 0 aligns and takes no bytes: `@B0L`.
    const std::uint64_t copies = repeated ? count : 1;
    for (std::uint64_t i = 0; i < copies; ++i) fields_.push_back(field);
    if (code.code != 'x') named_count_ += copies;
    if (copies == 0) {
      field.name = fmt::format("pad{}", fields_.size());
      field.type = FieldType::bytes;
      field.size = 1;
      field.count = CountFixed{0};
      fields_.push_back(field);
    }
  }

  bool read_names(LayoutSource& source, Span format_span) {
    std::vector<std::pair<std::string, Span>> names;
    while (!cursor_.at_end()) {
      const std::size_t begin = cursor_.offset();
      const std::string name = cursor_.take_any_word();
      if (name.empty()) {
        return problems_.error(ProblemCode::struct_names, cursor_.next_span(),
                               "this is no name of a field",
                               "one word of letters, digits, `_` and `-`");
      }
      names.emplace_back(name, cursor_.span_from(begin));
    }
    if (names.size() != named_count_) {
      return problems_.error(
          ProblemCode::struct_names, format_span,
          fmt::format("the format has {} fields and the line {} names", named_count_, names.size()),
          "`20s` is one field, `3B` is three, `x` has no name");
    }
    name_fields(source, names);
    return true;
  }

  void name_fields(LayoutSource& source, const std::vector<std::pair<std::string, Span>>& names) {
    std::size_t next = 0;
    for (Field& field : fields_) {
      Span span = source.span;
      if (field.name.empty()) {
        field.name = names[next].first;
        span = names[next].second;
        ++next;
      }
      if (field_named(source.layout, field.name) != nullptr) {
        problems_.error(ProblemCode::repeated_field, span,
                        fmt::format("the field `{}` is there twice", field.name));
      }
      source.layout.fields.push_back(field);
      const Fragment none = make_fragment("", span.begin);
      source.fields.push_back({span, span, none, none});
    }
  }

  Cursor cursor_;
  Problems& problems_;
  bool native_ = true;
  ByteOrder order_ = ByteOrder::little;
  std::vector<Field> fields_;    // without names; pad bytes are named already
  std::size_t named_count_ = 0;  // how many names are needed
};

}  // namespace

std::optional<LayoutSource> parse_layout_fence(const Fence& fence, const Heading& heading,
                                               Problems& problems) {
  LayoutSource source;
  source.layout.name = heading.name;
  source.span = heading.span;
  std::size_t lines = 0;
  for (const Fragment& line : fence.lines) {
    const Fragment text = trim(line);
    if (text.empty() || text.text.starts_with('#')) continue;
    if (++lines > 1) {
      problems.error(ProblemCode::struct_line, text.span(), "a `layout` fence has one line",
                     "one layout a section");
      return std::nullopt;
    }
    if (!StructReader(text, problems).read(source)) return std::nullopt;
  }
  if (lines == 1) return source;
  problems.error(ProblemCode::struct_line, fence.span, "the `layout` fence is empty",
                 "struct \"!BLL20s\": version order size text");
  return std::nullopt;
}

Expected<Layout, Diagnostics> parse_struct_format(const SourceText& source) {
  Problems problems;
  LayoutSource result;
  const Fragment line = trim(make_fragment(source.text(), 0));
  const bool read = StructReader(line, problems).read(result);
  if (!read || problems.has_errors()) return Unexpected<Diagnostics>(problems.take());
  return result.layout;
}

}  // namespace wireproof
