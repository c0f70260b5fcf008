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
  const Layout* layout = nullptr;
  std::size_t index = 0;
};

class ReferenceSearch {
 public:
  explicit ReferenceSearch(const LayoutSet& layouts) : layouts_(layouts) {}

  std::optional<std::string> search(const Layout& layout) {
    const bool is_open = std::ranges::any_of(
        holders_, [&](const Holder& holder) { return holder.layout == &layout; });
    if (is_open || holders_.size() >= kMaxLayoutDepth) return std::nullopt;
    for (std::size_t i = 0; i < layout.fields.size(); ++i) {
      // Not all ways through the layouts are gone: what is not found is a condition that never
      // holds.
      if (++looked_at_ > kMaxElements) return std::nullopt;
      holders_.push_back({&layout, i});
      auto missing = search_field(layout.fields[i]);
      holders_.pop_back();
      if (missing) return missing;
    }
    return std::nullopt;
  }

 private:
  std::optional<std::string> search_field(const Field& field) {
    for (const std::string& name : references_of(field)) {
      const bool is_known = std::ranges::any_of(holders_, [&](const Holder& holder) {
        return !fields_before(*holder.layout, layouts_, holder.index, name).empty();
      });
      if (!is_known) return name;
    }
    return search_nested(field);
  }

  std::optional<std::string> search_nested(const Field& field) {
    const auto nested = layouts_.find(field.layout);
    if (nested != layouts_.end()) return search(nested->second);
    for (const FieldCase& one : field.cases) {
      if (auto missing = search_nested(one.field)) return missing;
    }
    return std::nullopt;
  }

  const LayoutSet& layouts_;
  std::vector<Holder> holders_;
  std::size_t looked_at_ = 0;  // fields
};

}  // namespace

std::vector<std::string> references_of(const Field& field) {
  std::vector<std::string> names;
  for (const FieldCondition& condition : field.conditions) names.push_back(condition.field);
  if (const auto* const count = std::get_if<CountField>(&field.count)) {
    names.push_back(count->field);
  }
  if (field.type == FieldType::choice) names.push_back(field.chosen_by);
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

}  // namespace wireproof
