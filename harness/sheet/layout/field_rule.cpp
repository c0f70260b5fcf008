#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text/bytes.h"
#include "expect/payload/field_codec.h"
#include "sheet/layout/layout_section.h"
#include "sheet/text/cursor.h"

namespace wireproof {
namespace {

constexpr std::uint64_t kMaxPlus = 1 << 26;  // bytes, of a size and of its unit

constexpr const char* kCrcHelp =
    "as: crc width=16 poly=0x1021 init=0xffff refin=false refout=false xorout=0 of A..B";

class RuleParser {
 public:
  RuleParser(const Fragment& cell, const Field& field, Problems& problems)
      : cell_(cell), cursor_(cell), field_(field), problems_(problems) {}

  FieldRule parse() {
    const bool takes_none = field_.type == FieldType::layout || field_.type == FieldType::choice ||
                            std::holds_alternative<CountAlign>(field_.count);
    if (takes_none) {
      return wrong(ProblemCode::value_of_type, cell_.span(),
                   fmt::format("the type {} takes no value", render_field_type(field_)));
    }
    if (cursor_.is_word("size") || cursor_.is_word("count")) return parse_derived();
    if (auto checksum = parse_checksum()) return *checksum;
    if (auto range = parse_range()) return *range;
    return parse_choice();
  }

 private:
  // Any value, for what is not understood and has been said.
  FieldRule wrong(ProblemCode code, Span span, const std::string& message,
                  const std::string& help = "") {
    problems_.error(code, span, message, help);
    return ValueAny{};
  }

  // `size of FIELD`, `size of A..B + 4`, `size of all / 4`, `count of FIELD`.
  FieldRule parse_derived() {
    const std::size_t begin = cursor_.offset();
    const bool is_size = cursor_.take_word("size");
    if (!is_size) cursor_.take_word("count");
    const bool of = cursor_.take_word("of");
    auto range = of ? take_range() : std::nullopt;
    ValueSizeOf size;
    bool understood = range.has_value();
    if (range) size = {range->first, range->last, 0, 1};
    if (range && is_size) understood = take_arithmetic(size);
    if (range && !is_size) understood = !range->first.empty() && range->last.empty();
    if (!understood || !cursor_.at_end()) {
      cursor_.skip_to_end();
      return wrong(ProblemCode::range_of_fields, cursor_.span_from(begin),
                   "the value is not understood",
                   "as: size of FIELD, size of A..B + 4, size of all / 4, count of FIELD");
    }
    if (!is_integer(field_)) {
      return wrong(
          ProblemCode::holder_of_size, cursor_.span_from(begin),
          fmt::format("the type {} cannot hold a size or a count", render_field_type(field_)),
          "an integer type, as u32");
    }
    if (is_size) return size;
    return ValueCountOf{range->first};
  }

  // `FIELD`, `A..B` or `all`.
  std::optional<FieldRange> take_range() {
    FieldRange range{cursor_.take_any_word(), ""};
    if (range.first.empty()) return std::nullopt;
    if (cursor_.take_symbol("..")) {
      range.last = cursor_.take_any_word();
      if (range.last.empty()) return std::nullopt;
    } else if (range.first == "all") {
      range.first.clear();
    }
    return range;
  }

  // False where a number is missing or too great.
  bool take_arithmetic(ValueSizeOf& size) {
    const bool minus = cursor_.take_symbol("-");
    if (minus || cursor_.take_symbol("+")) {
      const auto plus = cursor_.take_number();
      if (!plus || *plus > kMaxPlus) return false;
      size.plus = minus ? -static_cast<std::int64_t>(*plus) : static_cast<std::int64_t>(*plus);
    }
    if (!cursor_.take_symbol("/")) return true;
    const auto unit = cursor_.take_number();
    if (!unit || *unit == 0 || *unit > kMaxPlus) return false;
    size.unit = *unit;
    return true;
  }

  // `crc32 of A..B`; nothing where the cell begins with something else.
  std::optional<FieldRule> parse_checksum() {
    const std::size_t begin = cursor_.offset();
    const std::string name = cursor_.take_any_word();
    const bool has_parameters = name == "crc" && !cursor_.is_word("of");
    if (name.empty() || (!has_parameters && !cursor_.is_word("of"))) {
      cursor_.reset(begin);
      return std::nullopt;
    }
    const Span span = cursor_.span_from(begin);
    auto checksum = has_parameters ? parse_crc() : checksum_named(name);
    if (!checksum) {
      if (has_parameters) return ValueAny{};
      return wrong(ProblemCode::unknown_checksum, span, fmt::format("unknown checksum `{}`", name),
                   suggest_name(name, checksum_names()));
    }
    const auto range = cursor_.take_word("of") ? take_range() : std::nullopt;
    if (!range || !cursor_.at_end()) {
      return wrong(ProblemCode::range_of_fields, cursor_.next_span(),
                   "what a checksum is computed of is missing",
                   "as: crc32 of A..B, internet of all");
    }
    return check_holder({*checksum, *range}, span);
  }

  FieldRule check_holder(ValueChecksum rule, Span span) {
    const std::size_t bits = checksum_bits(rule.checksum);
    const bool fits = field_.type == FieldType::unsigned_integer && has_fixed_bytes(field_) &&
                      !field_.is_array && field_.size * 8 >= bits;
    if (fits) return rule;
    return wrong(ProblemCode::holder_of_size, span,
                 fmt::format("the type {} cannot hold a checksum of {} bits",
                             render_field_type(field_), bits),
                 fmt::format("u{}", bits <= 8    ? 8
                                    : bits <= 16 ? 16
                                    : bits <= 32 ? 32
                                                 : 64));
  }

  // `width=16 poly=0x1021 …`, up to `of`.
  std::optional<Checksum> parse_crc() {
    CrcParameters crc;
    while (!cursor_.at_end() && !cursor_.is_word("of")) {
      const std::size_t begin = cursor_.offset();
      const std::string name = cursor_.take_any_word();
      const bool has_value = cursor_.take_symbol("=");
      const std::string value = cursor_.take_any_word();
      if (!has_value || !set_parameter(name, value, crc)) {
        if (cursor_.offset() == begin) cursor_.skip_to_end();
        problems_.error(ProblemCode::unknown_checksum, cursor_.span_from(begin),
                        "this is no parameter of a CRC", kCrcHelp);
        return std::nullopt;
      }
    }
    const std::uint64_t most = ~std::uint64_t{0} >> (64 - std::max<std::size_t>(crc.width, 1));
    const bool fits = crc.width != 0 && crc.polynomial != 0 && crc.polynomial <= most &&
                      crc.initial <= most && crc.final_xor <= most;
    if (fits) return Checksum{"", crc};
    problems_.error(ProblemCode::unknown_checksum, cell_.span(),
                    "a CRC needs a width and a polynomial, and values of that width", kCrcHelp);
    return std::nullopt;
  }

  static bool set_parameter(const std::string& name, const std::string& value, CrcParameters& crc) {
    if (name == "refin" || name == "refout") {
      (name == "refin" ? crc.reflects_input : crc.reflects_output) = value == "true";
      return value == "true" || value == "false";
    }
    Field number;
    number.type = FieldType::unsigned_integer;
    number.size = 8;
    const auto parsed = parse_field_number(value, number);
    if (!parsed) return false;
    const std::uint64_t bits = std::get<std::uint64_t>(*parsed);
    if (name == "width") crc.width = static_cast<std::size_t>(bits);
    if (name == "poly") crc.polynomial = bits;
    if (name == "init") crc.initial = bits;
    if (name == "xorout") crc.final_xor = bits;
    if (name == "width") return bits >= 1 && bits <= 64;
    return name == "poly" || name == "init" || name == "xorout";
  }

  std::optional<FieldRule> parse_range() {
    const auto ends = split_range(cell_.text);
    if (!ends || cell_.text.find('"') < cell_.text.find("..")) return std::nullopt;
    const auto least = parse_number<std::int64_t>(ends->least);
    const auto most = parse_number<std::int64_t>(ends->most);
    if (!least || !most || *least > *most) {
      return wrong(ProblemCode::value_of_type, cell_.span(),
                   fmt::format("`{}` is no range", cell_.text),
                   "two whole numbers, the smaller first, as 1..9");
    }
    if (!is_integer(field_)) {
      return wrong(ProblemCode::value_of_type, cell_.span(),
                   fmt::format("a range is no value of the type {}", render_field_type(field_)));
    }
    for (const std::int64_t end : {*least, *most}) {
      const auto value = parse_field_number(std::to_string(end), field_);
      if (!value) return wrong(ProblemCode::value_of_type, cell_.span(), value.error());
    }
    return ValueRange{*least, *most};
  }

  FieldRule parse_choice() {
    ValueOneOf choice;
    do {
      const auto value = read_value();
      if (!value) return ValueAny{};
      choice.values.push_back(*value);
    } while (cursor_.take_symbol("|"));
    if (cursor_.at_end()) return choice;
    return wrong(ProblemCode::value_of_type, cursor_.next_span(),
                 fmt::format("`{}` is not understood", cursor_.next_token()),
                 "alternatives are separated by `|`, written \\| in a table");
  }

  std::optional<FieldValue> read_value() {
    const std::size_t begin = cursor_.offset();
    if (cursor_.peek() == '"') {
      const auto text = cursor_.take_quoted(problems_);
      return text ? check_string(as_bytes(*text), cursor_.span_from(begin)) : std::nullopt;
    }
    if (cursor_.is_word("hex") && is_string(field_)) return read_hex();
    return read_number();
  }

  // `hex 89 50 4e 47`
  std::optional<FieldValue> read_hex() {
    const std::size_t begin = cursor_.offset();
    cursor_.take_word("hex");
    Bytes bytes;
    while (!cursor_.at_end() && cursor_.peek() != '|') {
      const auto some = parse_hex(cursor_.take_any_word());
      if (!some || some->empty()) {
        bytes.clear();
        break;
      }
      bytes.insert(bytes.end(), some->begin(), some->end());
    }
    if (!bytes.empty()) return check_string(bytes, cursor_.span_from(begin));
    problems_.error(ProblemCode::hex_digits, cursor_.span_from(begin), "hex digits are missing",
                    "two digits a byte, as: hex 01 ff 7f");
    return std::nullopt;
  }

  std::optional<FieldValue> check_string(ByteView bytes, Span span) {
    if (!is_string(field_)) {
      problems_.error(ProblemCode::value_of_type, span,
                      fmt::format("a text is no value of the type {}", render_field_type(field_)),
                      "a number, or the type text");
      return std::nullopt;
    }
    const auto* const fixed = std::get_if<CountFixed>(&field_.count);
    const bool too_short = fixed != nullptr && bytes.size() < fixed->count && !field_.padding;
    if (fixed != nullptr && (bytes.size() > fixed->count || too_short)) {
      problems_.error(ProblemCode::value_of_type, span,
                      fmt::format("{} has {} bytes, the field has {}", render_quoted(bytes),
                                  bytes.size(), fixed->count));
      return std::nullopt;
    }
    return Bytes(bytes.begin(), bytes.end());
  }

  std::optional<FieldValue> read_number() {
    const std::size_t begin = cursor_.offset();
    std::string text = cursor_.take_symbol("-") ? "-" : "";
    text += cursor_.take_path();
    const auto value = is_string(field_)
                           ? Expected<FieldValue, std::string>(Unexpected<std::string>(
                                 "a number is no value of the type " + render_field_type(field_)))
                           : parse_field_number(text, field_);
    if (value) return *value;
    problems_.error(ProblemCode::value_of_type, cursor_.span_from(begin), value.error(),
                    "a number, \"text\", a..b, \"A\"\\|\"B\", size of FIELD, or count of FIELD");
    return std::nullopt;
  }

  const Fragment& cell_;
  Cursor cursor_;
  const Field& field_;
  Problems& problems_;
};

}  // namespace

FieldRule parse_field_rule(const Fragment& cell, const Field& field, Problems& problems) {
  if (cell.empty() || cell.text == "*" || cell.text == "any") return ValueAny{};
  return RuleParser(cell, field, problems).parse();
}

}  // namespace wireproof
