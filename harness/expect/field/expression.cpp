#include "expect/field/expression.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace wireproof {
namespace {

using Wide = WideNumber;
using MaybeNumber = std::optional<Wide>;

constexpr Wide kMostNumber = Wide{1} << 64;
constexpr Wide kMostFactor = Wide{1} << 62;  // times the greatest number still has room

constexpr std::array<std::string_view, 29> kSigns{
    "",  "",  "",  "",   "",   "",   "",   "-", "~",  "not ", "+",  "-",   "*",  "/", "%",
    "&", "|", "^", "<<", ">>", "==", "!=", "<", "<=", ">",    ">=", "and", "or", "?"};

MaybeNumber bounded(Wide number) {
  if (number > kMostNumber || number < -kMostNumber) return std::nullopt;
  return number;
}

MaybeNumber multiplied(Wide a, Wide b) {
  const auto is_small = [](Wide n) { return n <= kMostFactor && n >= -kMostFactor; };
  return is_small(a) || is_small(b) ? bounded(a * b) : std::nullopt;
}

Wide floor_divided(Wide a, Wide b) {
  const Wide quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

MaybeNumber shifted(Wide a, Wide bits) {
  if (bits < 0 || bits > 64) return std::nullopt;
  if (bits > 62)
    return multiplied(a, kMostFactor) ? multiplied(a * kMostFactor, Wide{1} << (bits - 62))
                                      : std::nullopt;
  return multiplied(a, Wide{1} << bits);
}

MaybeNumber computed(Operator kind, Wide a, Wide b) {
  switch (kind) {
    case Operator::add:
      return bounded(a + b);
    case Operator::subtract:
      return bounded(a - b);
    case Operator::multiply:
      return multiplied(a, b);
    case Operator::divide:
      return b == 0 ? std::nullopt : MaybeNumber(floor_divided(a, b));
    case Operator::modulo:
      return b == 0 ? std::nullopt : MaybeNumber(a - floor_divided(a, b) * b);
    case Operator::bit_and:
      return bounded(a & b);
    case Operator::bit_or:
      return bounded(a | b);
    case Operator::bit_xor:
      return bounded(a ^ b);
    case Operator::shift_left:
      return shifted(a, b);
    case Operator::shift_right:
      return b < 0 || b > 64 ? std::nullopt : MaybeNumber(a >> b);
    default:
      return std::nullopt;
  }
}

template <class T>
MaybeNumber compared(Operator kind, const T& a, const T& b) {
  switch (kind) {
    case Operator::equal:
      return a == b;
    case Operator::not_equal:
      return a != b;
    case Operator::less:
      return a < b;
    case Operator::at_most:
      return a <= b;
    case Operator::greater:
      return a > b;
    case Operator::at_least:
      return a >= b;
    default:
      return std::nullopt;
  }
}

class Evaluation {
 public:
  explicit Evaluation(const LeafValue& leaf) : leaf_(leaf) {}

  std::optional<ExpressionValue> value(const Expression& one) const {
    if (one.kind == Operator::constant) return one.value;
    if (one.kind < Operator::negate) return leaf_(one);
    if (one.kind == Operator::choose) {
      const auto condition = number(one.operands[0]);
      if (!condition) return std::nullopt;
      return value(one.operands[*condition != 0 ? 1 : 2]);
    }
    const bool is_comparison = one.kind >= Operator::equal && one.kind <= Operator::at_least;
    const auto found = is_comparison ? comparison(one) : whole(one);
    return found ? std::optional<ExpressionValue>(*found) : std::nullopt;
  }

  MaybeNumber number(const Expression& one) const {
    const auto found = value(one);
    const auto* const number = found ? std::get_if<Wide>(&*found) : nullptr;
    return number == nullptr ? std::nullopt : MaybeNumber(*number);
  }

 private:
  MaybeNumber comparison(const Expression& one) const {
    const auto a = value(one.operands[0]);
    const auto b = value(one.operands[1]);
    if (!a || !b || a->index() != b->index()) return std::nullopt;
    if (const auto* const bytes = std::get_if<Bytes>(&*a)) {
      return compared(one.kind, *bytes, std::get<Bytes>(*b));
    }
    return compared(one.kind, std::get<Wide>(*a), std::get<Wide>(*b));
  }

  MaybeNumber whole(const Expression& one) const {
    const auto a = number(one.operands[0]);
    if (one.kind == Operator::logical_and && a == Wide{0}) return 0;
    if (one.kind == Operator::logical_or && a && *a != 0) return 1;
    if (!a) return std::nullopt;
    if (one.kind == Operator::negate) return bounded(-*a);
    if (one.kind == Operator::complement) return bounded(~*a);
    if (one.kind == Operator::logical_not) return *a == 0 ? 1 : 0;
    const auto b = number(one.operands[1]);
    if (!b) return std::nullopt;
    const bool is_logical = one.kind == Operator::logical_and || one.kind == Operator::logical_or;
    return is_logical ? MaybeNumber(*b != 0 ? 1 : 0) : computed(one.kind, *a, *b);
  }

  const LeafValue& leaf_;
};

// (factor * unknown + offset) / divisor
struct LinearForm {
  Wide factor = 0;
  Wide offset = 0;
  Wide divisor = 1;
};

class Solver {
 public:
  Solver(const FieldReference& unknown, const LeafValue& leaf) : unknown_(unknown), leaf_(leaf) {}

  MaybeNumber solution(const Expression& one, Wide wanted) const {
    const auto found = form(one);
    if (!found || found->factor == 0) return std::nullopt;
    const auto scaled = multiplied(wanted, found->divisor);
    const auto rest = scaled ? bounded(*scaled - found->offset) : std::nullopt;
    if (!rest || *rest % found->factor != 0) return std::nullopt;
    return *rest / found->factor;
  }

  bool has_unknown(const Expression& one) const {
    if (one.kind == Operator::field && one.field == unknown_) return true;
    return std::ranges::any_of(one.operands,
                               [this](const Expression& part) { return has_unknown(part); });
  }

 private:
  std::optional<LinearForm> form(const Expression& one) const {
    if (one.kind == Operator::field && one.field == unknown_) return LinearForm{1, 0, 1};
    if (!has_unknown(one)) {
      const auto number = evaluate_number(one, leaf_);
      return number ? std::optional(LinearForm{0, *number, 1}) : std::nullopt;
    }
    switch (one.kind) {
      case Operator::negate:
        return scaled(form(one.operands[0]), -1);
      case Operator::add:
        return sum(form(one.operands[0]), form(one.operands[1]));
      case Operator::subtract:
        return sum(form(one.operands[0]), scaled(form(one.operands[1]), -1));
      case Operator::multiply:
        if (has_unknown(one.operands[1])) {
          return scaled(form(one.operands[1]), constant(one.operands[0]));
        }
        return scaled(form(one.operands[0]), constant(one.operands[1]));
      case Operator::shift_left:
        return scaled(form(one.operands[0]), power(one.operands[1]));
      case Operator::divide:
        return divided(form(one.operands[0]), constant(one.operands[1]));
      case Operator::shift_right:
        return divided(form(one.operands[0]), power(one.operands[1]));
      case Operator::choose: {
        const auto condition = constant(one.operands[0]);
        if (!condition) return std::nullopt;
        return form(one.operands[*condition != 0 ? 1 : 2]);
      }
      default:
        return std::nullopt;
    }
  }

  MaybeNumber constant(const Expression& one) const {
    return has_unknown(one) ? std::nullopt : evaluate_number(one, leaf_);
  }
  MaybeNumber power(const Expression& one) const {
    const auto bits = constant(one);
    return bits && *bits >= 0 && *bits <= 62 ? MaybeNumber(Wide{1} << *bits) : std::nullopt;
  }

  static std::optional<LinearForm> made(MaybeNumber factor, MaybeNumber offset,
                                        MaybeNumber divisor) {
    if (!factor || !offset || !divisor) return std::nullopt;
    return LinearForm{*factor, *offset, *divisor};
  }
  static std::optional<LinearForm> scaled(const std::optional<LinearForm>& one, MaybeNumber by) {
    if (!one || !by) return std::nullopt;
    return made(multiplied(one->factor, *by), multiplied(one->offset, *by), one->divisor);
  }
  static std::optional<LinearForm> divided(const std::optional<LinearForm>& one, MaybeNumber by) {
    if (!one || !by || *by <= 0) return std::nullopt;
    return made(one->factor, one->offset, multiplied(one->divisor, *by));
  }
  static std::optional<LinearForm> sum(const std::optional<LinearForm>& a,
                                       const std::optional<LinearForm>& b) {
    if (!a || !b || (a->divisor != 1 && b->divisor != 1)) return std::nullopt;
    const auto wide_a = scaled(a, b->divisor);
    const auto wide_b = scaled(b, a->divisor);
    if (!wide_a || !wide_b) return std::nullopt;
    return made(bounded(wide_a->factor + wide_b->factor), bounded(wide_a->offset + wide_b->offset),
                multiplied(a->divisor, b->divisor));
  }

  const FieldReference& unknown_;
  const LeafValue& leaf_;
};

void add_leaves(const Expression& expression, std::vector<const Expression*>& leaves) {
  const bool is_leaf = expression.kind != Operator::constant && expression.kind < Operator::negate;
  if (is_leaf) leaves.push_back(&expression);
  for (const Expression& part : expression.operands) add_leaves(part, leaves);
}

std::string render_operand(const Expression& expression) {
  const bool is_simple = expression.kind < Operator::negate;
  return is_simple ? render_expression(expression)
                   : fmt::format("({})", render_expression(expression));
}

std::string render_leaf(const Expression& leaf) {
  const std::string name = render_reference(leaf.field);
  switch (leaf.kind) {
    case Operator::size_of:
    case Operator::count_of:
      return name + ".size";
    case Operator::first_bytes:
      return fmt::format("{}[{}..]", name, render_expression(leaf.operands[0]));
    case Operator::at_end:
      return "_io.eof";
    case Operator::position:
      return "_io.pos";
    default:
      return name;
  }
}

}  // namespace

bool Expression::operator==(const Expression& other) const {
  return kind == other.kind && value == other.value && name == other.name && field == other.field &&
         operands == other.operands;
}

Expression number_expression(WideNumber value) {
  Expression expression;
  expression.value = value;
  return expression;
}

std::size_t expression_size(const Expression& expression) {
  std::size_t size = 1;
  for (const Expression& part : expression.operands) size += expression_size(part);
  return size;
}

std::size_t expression_depth(const Expression& expression) {
  std::size_t depth = 0;
  for (const Expression& part : expression.operands) {
    depth = std::max(depth, expression_depth(part));
  }
  return depth + 1;
}

std::optional<ExpressionValue> evaluate(const Expression& expression, const LeafValue& leaf) {
  return Evaluation(leaf).value(expression);
}

std::optional<WideNumber> evaluate_number(const Expression& expression, const LeafValue& leaf) {
  return Evaluation(leaf).number(expression);
}

bool holds(const Expression& expression, const LeafValue& leaf) {
  const auto number = evaluate_number(expression, leaf);
  return number && *number != 0;
}

std::vector<const Expression*> leaves_of(const Expression& expression) {
  std::vector<const Expression*> leaves;
  add_leaves(expression, leaves);
  return leaves;
}

std::optional<WideNumber> solve(const Expression& expression, const FieldReference& unknown,
                                WideNumber wanted, const LeafValue& leaf) {
  const Solver solver(unknown, leaf);
  // Division loses what it rounds, and a branch may be the other one: only what gives the wanted
  // number is a solution.
  const auto proven = [&](WideNumber found) {
    return evaluate_number(expression, [&](const Expression& one) {
             const bool is_unknown = one.kind == Operator::field && one.field == unknown;
             return is_unknown ? std::optional<ExpressionValue>(found) : leaf(one);
           }) == wanted;
  };
  const Expression* part = &expression;
  while (part->kind == Operator::choose && solver.has_unknown(part->operands[0])) {
    const auto found = solver.solution(part->operands[1], wanted);
    if (found && proven(*found)) return found;
    part = &part->operands[2];
  }
  const auto found = solver.solution(*part, wanted);
  return found && proven(*found) ? found : std::nullopt;
}

std::string render_number(WideNumber number) {
  const std::string sign = number < 0 ? "-" : "";
  const WideNumber magnitude = number < 0 ? -number : number;
  if (magnitude == kMostNumber) return sign + "18446744073709551616";
  return sign + std::to_string(static_cast<std::uint64_t>(magnitude));
}

std::string render_reference(const FieldReference& reference) {
  std::string text;
  for (std::size_t i = 0; i < reference.levels; ++i) text += "_parent.";
  if (reference.from == FieldReference::From::root) text = "_root.";
  if (reference.from == FieldReference::From::element) text = reference.path.empty() ? "_" : "_.";
  return text + reference.path;
}

std::string render_expression(const Expression& expression) {
  const auto& parts = expression.operands;
  if (expression.kind == Operator::constant) {
    if (!expression.name.empty()) return expression.name;
    const auto* const bytes = std::get_if<Bytes>(&expression.value);
    return bytes != nullptr ? render_quoted(*bytes, bytes->size())
                            : render_number(std::get<WideNumber>(expression.value));
  }
  if (expression.kind < Operator::negate) return render_leaf(expression);
  if (expression.kind == Operator::choose) {
    return fmt::format("{} ? {} : {}", render_operand(parts[0]), render_operand(parts[1]),
                       render_operand(parts[2]));
  }
  const std::string_view sign = kSigns.at(static_cast<std::size_t>(expression.kind));
  if (parts.size() == 1) return fmt::format("{}{}", sign, render_operand(parts[0]));
  return fmt::format("{} {} {}", render_operand(parts[0]), sign, render_operand(parts[1]));
}

}  // namespace wireproof
