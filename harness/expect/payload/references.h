#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text/bytes.h"
#include "expect/layout/layout.h"

namespace wireproof {

// How a layout's conditions, counts and choices find the field that they name.

// Looks for `name` in the layout whose fields' paths begin with `prefix` (`body.items[2].`), then
// in those around it. `known` is a map by full paths; its end() where it has none of them.
template <class Known>
auto find_in_scopes(const Known& known, std::string_view prefix, std::string_view name) {
  std::string path;
  while (true) {
    path.assign(prefix).append(name);
    const auto found = known.find(path);
    if (found != known.end() || prefix.empty()) return found;
    const std::size_t dot = prefix.substr(0, prefix.size() - 1).rfind('.');
    prefix = prefix.substr(0, dot == prefix.npos ? 0 : dot + 1);
  }
}

// The names in a field's conditions, its count and its choice, and those of its cases.
std::vector<std::string> references_of(const Field& field);

// The fields that `name` may mean for the field at `index` of the layout, without those around it.
std::vector<const Field*> fields_before(const Layout& layout, const LayoutSet& layouts,
                                        std::size_t index, std::string_view name);

// A name that neither the layout itself nor one in it explains: it can only stand in another one
// that has such a field. Nothing where there is none.
std::optional<std::string> missing_reference(const Layout& layout, const LayoutSet& layouts);

// Whether a field's value, given as its bytes (see write_value), compares so. Nothing when the
// literal is no value of the field's type, or the field holds no single value.
std::optional<bool> compares(const Field& field, ByteView bytes, Comparison comparison,
                             const Literal& literal);

// The case for the value of the field that chooses; null when there is none.
const FieldCase* chosen_case(const Field& choice, const Field& chooser, ByteView bytes);
// The same for a value that was computed.
const FieldCase* chosen_case(const Field& choice, const std::optional<ExpressionValue>& value);

// A field's value in expressions, given as its bytes; nothing where it has no single one, or is no
// whole number or text.
std::optional<ExpressionValue> expression_value(const Field& field, ByteView bytes);
// Of an expression's leaf `first_bytes`: a number in the bytes of a layout.
std::optional<ExpressionValue> number_inside(const Expression& leaf, ByteView bytes);

// All expressions of a field and its cases.
std::vector<const Expression*> expressions_of(const Field& field);

// The layout that a reference of an expression starts at, which stands in `scope`: one with the
// members `layout` and `outer`, the scope around it. Null where there is none.
template <class Scope>
const Scope* find_scope(const FieldReference& reference, const Scope* scope) {
  const auto skip_elements = [](const Scope* one) {
    while (one != nullptr && one->layout.is_element) one = one->outer;
    return one;
  };
  scope = skip_elements(scope);
  for (std::size_t i = 0; i < reference.levels && scope != nullptr; ++i) {
    scope = skip_elements(scope->outer);
  }
  if (reference.from != FieldReference::From::root) return scope;
  const auto belongs = [&](const Scope* one) {
    const std::string& name = one->layout.name;
    return name.starts_with(reference.root) &&
           (name.size() == reference.root.size() || name[reference.root.size()] == '.');
  };
  const Scope* root = nullptr;
  for (; scope != nullptr && belongs(scope); scope = scope->outer) {
    if (scope->layout.name == reference.root) root = scope;
  }
  return root;
}

}  // namespace wireproof
