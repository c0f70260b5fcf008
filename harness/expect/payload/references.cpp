#include "expect/payload/references.h"

#include <algorithm>
#include <compare>
#include <utility>

#include "expect/payload/field_codec.h"

namespace wireproof {
namespace {

struct ValueOrder {
  std::partial_ordering operator()(std::uint64_t a, std::uint64_t b) const { return a <=> b; }
  std::partial_ordering operator()(std::int64_t a, std::int64_t b) const { return a <=> b; }
  std::partial_ordering operator()(double a, double b) const { return a <=> b; }
  std::partial_ordering operator()(const Bytes& a, const Bytes& b) const { return a <=> b; }
  // A literal has the type of its field.
  template <class A, class B>
  std::partial_ordering operator()(const A&, const B&) const {
    return std::partial_ordering::unordered;
  }
};

std::optional<FieldValue> value_of(const Field& field, ByteView bytes) {
  if (is_string(field)) {
    const ByteView bare = bare_value(field, bytes);
    return Bytes(bare.begin(), bare.end());
  }
  const bool is_one = !field.is_array && field.type != FieldType::layout &&
                      field.type != FieldType::choice && first_element(field, bytes).size() > 0;
  return is_one ? std::optional(read_value(field, bytes)) : std::nullopt;
}

std::optional<FieldValue> literal_value(const Field& field, const Literal& literal) {
  if (is_string(field)) {
    const ByteView bytes = as_bytes(literal.text);
    return literal.is_text ? std::optional<FieldValue>(Bytes(bytes.begin(), bytes.end()))
                           : std::nullopt;
  }
  if (literal.is_text || field.type == FieldType::layout) return std::nullopt;
  const auto value = parse_field_number(literal.text, field);
  return value ? std::optional(*value) : std::nullopt;
}

bool holds(std::partial_ordering order, Comparison comparison) {
  switch (comparison) {
    case Comparison::equal:
      return order == 0;
    case Comparison::not_equal:
      return order != 0;
    case Comparison::less:
      return order < 0;
    case Comparison::at_most:
      return order <= 0;
    case Comparison::greater:
      return order > 0;
    case Comparison::at_least:
      return order >= 0;
  }
  return false;
}

// Layouts in each other, each with the field that is looked at.
struct Holder {
  const Layout& layout;
  std::size_t index = 0;
  const Holder* outer = nullptr;
};

class ReferenceSearch {
 public:
  explicit ReferenceSearch(const LayoutSet& layouts) : layouts_(layouts) {}

  std::optional<std::string> search(const Layout& layout, const Holder* outer = nullptr) {
    std::size_t depth = 0;
    for (const Holder* one = outer; one != nullptr; one = one->outer) {
      if (&one->layout == &layout || ++depth >= kMaxLayoutDepth) return std::nullopt;
    }
    for (std::size_t i = 0; i < layout.fields.size(); ++i) {
      // Not all ways through the layouts are gone: what is not found is a condition that never
      // holds.
      if (++looked_at_ > kMaxElements) return std::nullopt;
      const Holder holder{layout, i, outer};
      if (auto missing = search_field(layout.fields[i], holder)) return missing;
    }
    return std::nullopt;
  }

 private:
  std::optional<std::string> search_field(const Field& field, const Holder& holder) {
    for (const std::string& name : references_of(field)) {
      if (!is_known(name, holder)) return name;
    }
    for (const Expression* const expression : expressions_of(field)) {
      for (const Expression* const leaf : leaves_of(*expression)) {
        if (!is_known(leaf->field, holder)) return render_reference(leaf->field);
      }
    }
    return search_nested(field, holder);
  }

  bool is_known(const std::string& name, const Holder& holder) const {
    for (const Holder* one = &holder; one != nullptr; one = one->outer) {
      if (!fields_before(one->layout, layouts_, one->index, name).empty()) return true;
    }
    return false;
  }

  static bool is_known(const FieldReference& reference, const Holder& holder) {
    if (reference.from == FieldReference::From::element) return true;
    return find_scope(reference, &holder) != nullptr;
  }

  std::optional<std::string> search_nested(const Field& field, const Holder& holder) {
    const auto nested = layouts_.find(field.layout);
    if (nested != layouts_.end()) return search(nested->second, &holder);
    for (const FieldCase& one : field.cases) {
      if (auto missing = search_nested(one.field, holder)) return missing;
    }
    return std::nullopt;
  }

  const LayoutSet& layouts_;
  std::size_t looked_at_ = 0;  // fields
};

}  // namespace

std::vector<std::string> references_of(const Field& field) {
  std::vector<std::string> names;
  for (const FieldCondition& condition : field.conditions) names.push_back(condition.field);
  if (const auto* const count = std::get_if<CountField>(&field.count)) {
    names.push_back(count->field);
  }
  if (field.type == FieldType::choice && !field.chooser) names.push_back(field.chosen_by);
  for (const FieldCase& one : field.cases) {
    for (std::string& name : references_of(one.field)) names.push_back(std::move(name));
  }
  return names;
}

std::vector<const Field*> fields_before(const Layout& layout, const LayoutSet& layouts,
                                        std::size_t index, std::string_view name) {
  const Field* const first = field_named(layout, name.substr(0, name.find_first_of(".[")));
  if (first == nullptr || first >= layout.fields.data() + index) return {};
  return fields_at(layout, layouts, name);
}

std::optional<std::string> missing_reference(const Layout& layout, const LayoutSet& layouts) {
  return ReferenceSearch(layouts).search(layout);
}

std::optional<bool> compares(const Field& field, ByteView bytes, Comparison comparison,
                             const Literal& literal) {
  const auto value = value_of(field, bytes);
  const auto wanted = literal_value(field, literal);
  if (!value || !wanted) return std::nullopt;
  return holds(std::visit(ValueOrder{}, *value, *wanted), comparison);
}

const FieldCase* chosen_case(const Field& choice, const Field& chooser, ByteView bytes) {
  const auto fits = [&](const FieldCase& one) {
    return !one.value || compares(chooser, bytes, Comparison::equal, *one.value).value_or(false);
  };
  const auto found = std::ranges::find_if(choice.cases, fits);
  return found == choice.cases.end() ? nullptr : &*found;
}

const FieldCase* chosen_case(const Field& choice, const std::optional<ExpressionValue>& value) {
  const auto fits = [&](const FieldCase& one) {
    if (!one.value) return true;
    if (!value) return false;
    if (const auto* const bytes = std::get_if<Bytes>(&*value)) {
      return one.value->is_text && std::ranges::equal(*bytes, as_bytes(one.value->text));
    }
    return !one.value->is_text && one.value->text == render_number(std::get<WideNumber>(*value));
  };
  const auto found = std::ranges::find_if(choice.cases, fits);
  return found == choice.cases.end() ? nullptr : &*found;
}

std::optional<ExpressionValue> expression_value(const Field& field, ByteView bytes) {
  const auto value = value_of(field, bytes);
  if (!value) return std::nullopt;
  if (const auto* const number = std::get_if<std::uint64_t>(&*value)) return WideNumber{*number};
  if (const auto* const number = std::get_if<std::int64_t>(&*value)) return WideNumber{*number};
  if (const auto* const text = std::get_if<Bytes>(&*value)) return *text;
  return std::nullopt;
}

std::optional<ExpressionValue> number_inside(const Expression& leaf, ByteView bytes) {
  const auto part = [&](std::size_t index) {
    return static_cast<std::size_t>(std::get<WideNumber>(leaf.operands.at(index).value));
  };
  const std::size_t offset = part(0);
  Field number;
  number.type = FieldType::unsigned_integer;
  number.size = part(1);
  number.order = part(2) != 0 ? ByteOrder::little : ByteOrder::big;
  if (offset > bytes.size() || number.size > bytes.size() - offset) return std::nullopt;
  return expression_value(number, bytes.subspan(offset, number.size));
}

std::vector<const Expression*> expressions_of(const Field& field) {
  std::vector<const Expression*> found;
  for (const auto* const one : {&field.condition, &field.chooser, &field.window}) {
    if (*one) found.push_back(&**one);
  }
  if (const auto* const of = std::get_if<CountOf>(&field.count)) found.push_back(&of->count);
  if (const auto* const until = std::get_if<CountUntilTrue>(&field.count)) {
    found.push_back(&until->ends);
  }
  for (const FieldCase& one : field.cases) {
    const auto inner = expressions_of(one.field);
    found.insert(found.end(), inner.begin(), inner.end());
  }
  return found;
}

}  // namespace wireproof
