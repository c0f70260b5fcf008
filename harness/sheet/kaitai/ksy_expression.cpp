#include "sheet/kaitai/ksy_expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace wireproof {
namespace {

using Kind = KsyNode::Kind;

constexpr std::size_t kMaxDepth = 50;
constexpr std::size_t kMaxTextBytes = 64 << 10;

struct KsySign {
  std::string_view text;
  Operator operation;
  int level;  // those of a higher level bind closer
};

constexpr int kComparisonLevel = 3;
// The longer ones first.
constexpr std::array<KsySign, 18> kKsySigns{{
    {"<<", Operator::shift_left, 7},
    {">>", Operator::shift_right, 7},
    {"<=", Operator::at_most, 3},
    {">=", Operator::at_least, 3},
    {"==", Operator::equal, 3},
    {"!=", Operator::not_equal, 3},
    {"<", Operator::less, 3},
    {">", Operator::greater, 3},
    {"|", Operator::bit_or, 4},
    {"^", Operator::bit_xor, 5},
    {"&", Operator::bit_and, 6},
    {"+", Operator::add, 8},
    {"-", Operator::subtract, 8},
    {"*", Operator::multiply, 9},
    {"/", Operator::divide, 9},
    {"%", Operator::modulo, 9},
    {"or", Operator::logical_or, 1},
    {"and", Operator::logical_and, 2},
}};

bool is_name_begin(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_';
}
bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}
bool is_name_part(char letter) {
  return is_name_begin(letter) || is_digit(letter);
}

class KsyParser {
 public:
  KsyParser(const KsyText& text, const SourceText& source, Problems& problems)
      : whole_(text), text_(text.text), problems_(problems) {
    // Behind the quote, where there is one.
    for (const std::size_t begin : {text.span.begin, text.span.begin + 1}) {
      const bool fits = !origin_ && begin <= source.text().size() &&
                        source.text().compare(begin, text_.size(), text_) == 0;
      if (fits) origin_ = begin;
    }
    skip_blanks();
  }

  std::optional<KsyNode> parse_all() {
    auto node = choice();
    if (!node) return std::nullopt;
    if (at_ == text_.size()) return node;
    return fail("what stands here does not continue the expression");
  }

  std::optional<KsyTypeUse> parse_use() {
    KsyTypeUse use;
    while (at_ < text_.size() && (is_name_part(text_[at_]) || text_[at_] == ':')) {
      use.name += text_[at_++];
    }
    skip_blanks();
    if (use.name.empty()) return lost("a type is missing");
    if (take("(") && !take(")")) {
      do {
        auto argument = choice();
        if (!argument) return std::nullopt;
        use.arguments.push_back(*std::move(argument));
      } while (take(","));
      if (!take(")")) return lost("the arguments are not closed with `)`");
    }
    if (at_ != text_.size()) return lost("this does not belong to a type");
    return use;
  }

 private:
  std::nullopt_t lost(const std::string& message) {
    const std::size_t end = std::min(at_ + 1, text_.size());
    problems_.error(ProblemCode::kaitai_expression, placed(at_, end), message,
                    "the expression language of Kaitai Struct, as: len - 4");
    return std::nullopt;
  }
  std::optional<KsyNode> fail(const std::string& message) { return lost(message); }

  // In the source, where the text stands there as it is; else that of the whole text.
  Span placed(std::size_t begin, std::size_t end) const {
    return origin_ ? Span{*origin_ + begin, *origin_ + std::max(begin, end)} : whole_.span;
  }

  void skip_blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }
  bool take(std::string_view sign) {
    if (!text_.substr(at_).starts_with(sign)) return false;
    const bool is_word = is_name_begin(sign.front());
    const std::size_t end = at_ + sign.size();
    if (is_word && end < text_.size() && is_name_part(text_[end])) return false;
    at_ = end;
    skip_blanks();
    return true;
  }

  KsyNode made(Operator operation, std::vector<KsyNode> operands) const {
    KsyNode node;
    node.kind = Kind::operation;
    node.operation = operation;
    node.span = {operands.front().span.begin, operands.back().span.end};
    node.operands = std::move(operands);
    return node;
  }

  // condition ? then : else
  std::optional<KsyNode> choice() {
    if (++depth_ > kMaxDepth) return fail("the expression is nested too deep");
    auto condition = binary(1);
    if (condition && take("?")) {
      auto then = choice();
      if (!then) return std::nullopt;
      if (!take(":")) return fail("a `:` is missing behind `?`");
      auto otherwise = choice();
      if (!otherwise) return std::nullopt;
      condition =
          made(Operator::choose, {*std::move(condition), *std::move(then), *std::move(otherwise)});
    }
    --depth_;
    return condition;
  }

  const KsySign* take_sign(int level) {
    for (const KsySign& sign : kKsySigns) {
      if (!text_.substr(at_).starts_with(sign.text)) continue;
      if (sign.level < level) return nullptr;
      const std::size_t before = at_;
      if (!take(sign.text)) continue;
      if (sign.level == level) return &sign;
      at_ = before;
      return nullptr;
    }
    return nullptr;
  }

  std::optional<KsyNode> binary(int level) {
    if (level > 9) return unary();
    if (level == kComparisonLevel && take("not")) {
      if (++depth_ > kMaxDepth) return fail("the expression is nested too deep");
      auto operand = binary(level);
      --depth_;
      if (!operand) return std::nullopt;
      return made(Operator::logical_not, {*std::move(operand)});
    }
    auto left = binary(level + 1);
    while (left) {
      const KsySign* const sign = take_sign(level);
      if (sign == nullptr) break;
      auto right = binary(level + 1);
      if (!right) return std::nullopt;
      if (++signs_ > kMaxExpressionSize) return fail("the expression is too long");
      left = made(sign->operation, {*std::move(left), *std::move(right)});
    }
    return left;
  }

  std::optional<KsyNode> unary() {
    const bool minus = take("-");
    if (!minus && !take("~")) return postfix();
    if (++depth_ > kMaxDepth) return fail("the expression is nested too deep");
    auto operand = unary();
    --depth_;
    if (!operand) return std::nullopt;
    return made(minus ? Operator::negate : Operator::complement, {*std::move(operand)});
  }

  std::optional<KsyNode> postfix() {
    auto node = primary();
    while (node) {
      if (take(".")) {
        node = attribute(*std::move(node));
      } else if (take("[")) {
        auto index = choice();
        if (!index) return std::nullopt;
        if (!take("]")) return fail("the index is not closed with `]`");
        KsyNode indexed;
        indexed.kind = Kind::index;
        indexed.span = {node->span.begin, index->span.end};
        indexed.operands = {*std::move(node), *std::move(index)};
        node = std::move(indexed);
      } else {
        break;
      }
      if (node && ++signs_ > kMaxExpressionSize) return fail("the expression is too long");
    }
    return node;
  }

  std::optional<KsyNode> attribute(KsyNode operand) {
    KsyNode node;
    node.kind = Kind::attribute;
    const std::size_t begin = at_;
    node.text = word();
    if (node.text.empty()) return fail("a name is missing behind `.`");
    if (node.text == "as" && take("<")) {
      node.kind = Kind::cast;
      node.text.clear();
      while (at_ < text_.size() && (is_name_part(text_[at_]) || text_[at_] == ':')) {
        node.text += text_[at_++];
      }
      skip_blanks();
      if (!take(">")) return fail("the type is not closed with `>`");
    }
    node.span = {operand.span.begin, placed(begin, at_).end};
    node.operands = {std::move(operand)};
    return node;
  }

  std::string word() {
    std::string name;
    if (at_ < text_.size() && is_name_begin(text_[at_])) {
      while (at_ < text_.size() && is_name_part(text_[at_])) name += text_[at_++];
    }
    skip_blanks();
    return name;
  }

  std::optional<KsyNode> primary() {
    const std::size_t begin = at_;
    if (take("(")) {
      auto node = choice();
      if (node && !take(")")) return fail("a `)` is missing");
      return node;
    }
    if (at_ < text_.size() && is_digit(text_[at_])) return number();
    if (at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'')) return quoted();
    KsyNode node;
    node.kind = Kind::name;
    node.text = word();
    if (node.text.empty()) return fail("a value is missing");
    while (take("::")) {
      node.kind = Kind::path;
      const std::string next = word();
      if (next.empty()) return fail("a name is missing behind `::`");
      node.text += "::" + next;
    }
    node.span = placed(begin, at_);
    if (node.text != "true" && node.text != "false") return node;
    node.kind = Kind::number;
    node.number = node.text == "true" ? 1 : 0;
    return node;
  }

  std::optional<KsyNode> number() {
    KsyNode node;
    const std::size_t begin = at_;
    unsigned base = 10;
    const std::string_view prefix = text_.substr(at_, 2);
    if (prefix == "0x" || prefix == "0X") base = 16;
    if (prefix == "0b" || prefix == "0B") base = 2;
    if (prefix == "0o" || prefix == "0O") base = 8;
    if (base != 10) at_ += 2;
    std::size_t digits = 0;
    for (; at_ < text_.size() && is_name_part(text_[at_]); ++at_) {
      const char letter = text_[at_];
      if (letter == '_') continue;
      const int value = is_digit(letter)                 ? letter - '0'
                        : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10
                        : letter >= 'A' && letter <= 'F' ? letter - 'A' + 10
                                                         : 99;
      if (value >= static_cast<int>(base)) return fail("this is no digit of the number");
      node.number = node.number * base + static_cast<unsigned>(value);
      if (node.number >= WideNumber{1} << 64) return fail("the number needs more than 64 bits");
      ++digits;
    }
    const bool is_fraction =
        at_ + 1 < text_.size() && text_[at_] == '.' && is_digit(text_[at_ + 1]);
    if (digits == 0 || is_fraction) return fail("only whole numbers are read here");
    node.span = placed(begin, at_);
    skip_blanks();
    return node;
  }

  // Escapes count between double quotes only.
  std::optional<KsyNode> quoted() {
    KsyNode node;
    node.kind = Kind::text;
    const std::size_t begin = at_;
    const char quote = text_[at_++];
    while (at_ < text_.size() && text_[at_] != quote) {
      char letter = text_[at_++];
      if (letter == '\\' && quote == '"' && at_ < text_.size()) {
        constexpr std::string_view kLetters = "ntr0\\\"'";
        constexpr std::string_view kMeant("\n\t\r\0\\\"'", 7);
        const std::size_t found = kLetters.find(text_[at_]);
        if (found == kLetters.npos) return fail("an escape that is not known");
        letter = kMeant[found];
        ++at_;
      }
      node.text += letter;
    }
    if (at_ == text_.size() || node.text.size() > kMaxTextBytes) {
      return fail("the text is not closed");
    }
    ++at_;
    node.span = placed(begin, at_);
    skip_blanks();
    return node;
  }

  const KsyText& whole_;
  const std::string_view text_;
  Problems& problems_;
  std::optional<std::size_t> origin_;  // where the text begins in the source
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::size_t signs_ = 0;
};

}  // namespace

std::optional<KsyNode> parse_ksy_expression(const KsyText& text, const SourceText& source,
                                            Problems& problems) {
  return KsyParser(text, source, problems).parse_all();
}

std::optional<KsyTypeUse> parse_ksy_type(const KsyText& text, const SourceText& source,
                                         Problems& problems) {
  return KsyParser(text, source, problems).parse_use();
}

}  // namespace wireproof
