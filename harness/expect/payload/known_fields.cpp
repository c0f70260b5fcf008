#include "expect/payload/known_fields.h"

#include <algorithm>

#include "base/text/words.h"
#include "expect/payload/derived_value.h"
#include "expect/payload/field_codec.h"
#include "expect/payload/references.h"

namespace wireproof {
namespace {

// Of a text that a condition may compare.
constexpr std::size_t kMaxKnownBytes = 1 << 16;

}  // namespace

void KnownFields::know(const EncodeScope& scope, const FieldBytes& one) {
  if (one.field == nullptr) return;
  const std::string path = scope.prefix + one.field->name;
  const bool is_short = one.bytes.size() <= kMaxKnownBytes;
  if (one.field->is_array || one.field->type == FieldType::layout) {
    FieldBytes& whole = whole_[path];
    whole.count = one.count;
    if (!one.field->is_array && is_short) whole.bytes = one.bytes;
    return;
  }
  if (!is_short) return;
  const bool is_later = is_derived(*one.field, scope.layout) && !arguments_.contains(path);
  values_[path] = {one.field, one.bytes, is_later};
}

void KnownFields::settle(const EncodeScope& scope, const FieldBytes& one) {
  if (one.field == nullptr) return;
  const auto known = values_.find(scope.prefix + one.field->name);
  if (known == values_.end() || !known->second.is_later) return;
  known->second.bytes = one.bytes;
  known->second.is_later = false;
}

const std::pair<const std::string, KnownFields::Value>* KnownFields::find(
    const EncodeScope& scope, const std::string& name) const {
  const auto found = find_in_scopes(values_, scope.prefix, name);
  return found == values_.end() ? nullptr : &*found;
}

bool KnownFields::is_given(const std::string& path) const {
  const auto begins = [&](const std::string& begin) {
    const auto found = arguments_.lower_bound(begin);
    return found != arguments_.end() && found->first.starts_with(begin);
  };
  return arguments_.contains(path) || begins(path + ".") || begins(path + "[");
}

std::uint64_t KnownFields::elements_given(const std::string& path) const {
  std::uint64_t count = 0;
  const std::string begin = path + "[";
  for (auto one = arguments_.lower_bound(begin);
       one != arguments_.end() && one->first.starts_with(begin); ++one) {
    const std::string_view rest = std::string_view(one->first).substr(begin.size());
    const auto index = parse_number<std::uint64_t>(rest.substr(0, rest.find(']')));
    count = std::max(count, std::min<std::uint64_t>(index.value_or(0), kMaxElements) + 1);
  }
  return count;
}

bool KnownFields::is_there(const Field& field, const std::string& path,
                           const EncodeScope& scope) const {
  if (field.condition && !is_true(*field.condition, path, scope)) return false;
  return std::ranges::all_of(field.conditions, [&](const FieldCondition& condition) {
    const auto* const other = find(scope, condition.field);
    if (other == nullptr) return false;
    const Value& known = other->second;
    if (known.is_later) return is_given(path);
    return compares(*known.field, known.bytes, condition.comparison, condition.value)
        .value_or(false);
  });
}

bool KnownFields::is_true(const Expression& condition, const std::string& path,
                          const EncodeScope& scope) const {
  const auto is_open = [&](const Expression* leaf) {
    return leaf->kind == Operator::field && !arguments_.contains(path_of(*leaf, scope)) &&
           solved_.may_solve(leaf->field);
  };
  if (solved_.is_first_pass() && std::ranges::any_of(leaves_of(condition), is_open)) {
    solved_.guess();
    return is_given(path);
  }
  return holds(condition, leaves_in(scope, path));
}

const Field* KnownFields::choose(const Field& choice, const EncodeScope& scope) const {
  if (choice.chooser) {
    const auto value = evaluate(*choice.chooser, leaves_in(scope, scope.prefix + choice.name));
    const FieldCase* const one = chosen_case(choice, value);
    return one == nullptr ? nullptr : &one->field;
  }
  const auto* const chooser = find(scope, choice.chosen_by);
  if (chooser == nullptr) return nullptr;
  const FieldCase* const found = chosen_case(choice, *chooser->second.field, chooser->second.bytes);
  return found == nullptr ? nullptr : &found->field;
}

std::string KnownFields::path_of(const Expression& leaf, const EncodeScope& scope) {
  const EncodeScope* const holder = find_scope(leaf.field, &scope);
  return holder == nullptr ? "" : holder->prefix + leaf.field.path;
}

LeafValue KnownFields::leaves_in(const EncodeScope& scope, const std::string& path,
                                 const std::string& element) const {
  return [this, &scope, path, element](const Expression& leaf) -> std::optional<ExpressionValue> {
    if (leaf.kind == Operator::at_end) return WideNumber{is_given(path) ? 0 : 1};
    const EncodeScope* const holder = find_scope(leaf.field, &scope);
    if (holder == nullptr) return std::nullopt;
    if (leaf.kind == Operator::position) return WideNumber{scope.at};
    const bool is_element = leaf.field.from == FieldReference::From::element;
    const std::string place =
        is_element ? element + leaf.field.path : holder->prefix + leaf.field.path;
    if (leaf.kind == Operator::count_of || leaf.kind == Operator::first_bytes) {
      return whole_value(leaf, place);
    }
    const auto known = values_.find(place);
    if (known == values_.end()) return std::nullopt;
    const auto& [field, bytes, is_later] = known->second;
    if (leaf.kind == Operator::field) return expression_value(*field, bytes);
    return WideNumber{bare_value(*field, bytes).size()};
  };
}

std::optional<ExpressionValue> KnownFields::whole_value(const Expression& leaf,
                                                        const std::string& path) const {
  const auto whole = whole_.find(path);
  if (whole == whole_.end()) return std::nullopt;
  if (leaf.kind == Operator::first_bytes) return number_inside(leaf, whole->second.bytes);
  return WideNumber{whole->second.count};
}

std::optional<KnownFields::OpenNumber> KnownFields::find_open(const Expression& expression,
                                                              std::uint64_t count,
                                                              const std::string& path,
                                                              const EncodeScope& scope) const {
  const LeafValue leaves = leaves_in(scope, path);
  for (const Expression* const leaf : leaves_of(expression)) {
    if (leaf->kind != Operator::field) continue;
    const std::string leaf_path = path_of(*leaf, scope);
    const auto known = values_.find(leaf_path);
    if (known == values_.end() || arguments_.contains(leaf_path)) continue;
    const Field& field = *known->second.field;
    if (!is_integer(field)) continue;
    const auto number = solve(expression, leaf->field, WideNumber{count}, leaves);
    if (number && parse_field_number(render_number(*number), field)) {
      return OpenNumber{leaf_path, *number};
    }
  }
  return std::nullopt;
}

}  // namespace wireproof
