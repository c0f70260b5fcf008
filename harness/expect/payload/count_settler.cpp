#include "expect/payload/count_settler.h"

#include <fmt/format.h>

#include "expect/payload/field_codec.h"
#include "expect/payload/references.h"

namespace wireproof {

void CountSettler::settle(const Expression& expression, std::uint64_t count,
                          const std::string& path, const EncodeScope& scope) {
  const auto number = evaluate_number(expression, known_.leaves_in(scope, path));
  if (number == WideNumber{count}) return;
  const auto open = known_.find_open(expression, count, path, scope);
  if (open) {
    const bool is_asked = known_.is_given(path);
    const auto demand = is_asked ? SolvedNumbers::Demand::given : SolvedNumbers::Demand::filling;
    solved_.demand(open->path, open->number, demand);
    return;
  }
  std::string missing;
  bool is_wanted = false;
  for (const Expression* const leaf : leaves_of(expression)) {
    const std::string leaf_path = known_.path_of(*leaf, scope);
    const bool is_known = arguments_.contains(leaf_path);
    if (!is_known && missing.empty() && known_.contains(leaf_path)) missing = leaf_path;
    is_wanted |= is_known;
  }
  if (is_wanted && known_.is_given(path) && number && *number >= 0) return;
  if (missing.empty()) {
    fail(fmt::format("`{}` has {} bytes or elements, but {} are {}", path, count,
                     render_expression(expression), number ? render_number(*number) : "unknown"));
  } else {
    fail(fmt::format("`{}` must be given: `{}` has {} bytes or elements, by `{}`", missing, path,
                     count, render_expression(expression)));
  }
}

std::uint64_t CountSettler::default_count(const Expression& expression, const std::string& path,
                                          const EncodeScope& scope) {
  const std::uint64_t given = known_.elements_given(path);
  const auto open = known_.find_open(expression, given, path, scope);
  if (open && (known_.is_given(path) || !solved_.find(open->path))) return given;
  const auto number = evaluate_number(expression, known_.leaves_in(scope, path));
  if (number && *number >= 0 && *number <= kMaxMessageBytes) {
    return static_cast<std::uint64_t>(*number);
  }
  if (number && *number > 0) {
    fail(fmt::format("`{}` has too many bytes or elements", path));
  } else {
    settle(expression, given, path, scope);
  }
  return 0;
}

void CountSettler::fill_window(const Field& field, const std::string& path,
                               const EncodeScope& scope, FieldBytes& element) {
  if (!field.window) return;
  const auto number = evaluate_number(*field.window, known_.leaves_in(scope, path));
  const std::size_t size = element.bytes.size();
  const bool is_longer = number && *number > WideNumber{size};
  const auto open = known_.find_open(*field.window, size, path, scope);
  const bool is_settled = open && solved_.find(open->path).has_value();
  if (!is_longer || (open && !is_settled)) {
    settle(*field.window, size, path, scope);
  } else if (*number > WideNumber{kMaxMessageBytes}) {
    fail(fmt::format("`{}` has more than {} bytes", path, kMaxMessageBytes));
  } else {
    element.bytes.resize(static_cast<std::size_t>(*number), 0);
  }
}

void CountSettler::pad(const Field& field, const std::string& path, const EncodeScope& scope,
                       FieldBytes& encoded) {
  const auto* const of = std::get_if<CountOf>(&field.count);
  if (of == nullptr || !field.padding) return;
  if (known_.find_open(of->count, encoded.count, path, scope)) return;
  const auto number = evaluate_number(of->count, known_.leaves_in(scope, path));
  if (!number || *number <= encoded.count || *number > kMaxMessageBytes) return;
  encoded.bytes.resize(static_cast<std::size_t>(*number), *field.padding);
  encoded.count = encoded.bytes.size();
}

void CountSettler::check_end(const Field& field, const std::string& element, bool is_last,
                             const EncodeScope& scope) {
  const auto* const until = std::get_if<CountUntilTrue>(&field.count);
  if (until == nullptr) return;
  if (holds(until->ends, known_.leaves_in(scope, element, element + ".")) == is_last) return;
  fail(fmt::format("`{}` is {} last, but `{}` {} for it", element, is_last ? "the" : "not the",
                   render_expression(until->ends), is_last ? "does not hold" : "holds"));
}

void CountSettler::check_numbers(const Field& field, const std::string& path,
                                 const EncodeScope& scope, const FieldBytes& encoded) {
  const auto* const until = std::get_if<CountUntilTrue>(&field.count);
  if (until == nullptr) return;
  Field element = field;
  element.is_array = false;
  const LeafValue outer = known_.leaves_in(scope, path);
  for (std::size_t i = 0; i < encoded.bytes.size(); i += field.size) {
    const auto value = expression_value(element, ByteView(encoded.bytes).subspan(i, field.size));
    const bool ends = holds(until->ends, [&](const Expression& leaf) {
      return leaf.field.from == FieldReference::From::element ? value : outer(leaf);
    });
    if (ends == (i + field.size == encoded.bytes.size())) continue;
    fail(fmt::format("`{}` ends with the first for which `{}` holds", path,
                     render_expression(until->ends)));
  }
}

}  // namespace wireproof
