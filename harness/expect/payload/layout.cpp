#include "expect/payload/layout.h"

#include <fmt/format.h>

#include <algorithm>

namespace wireproof {
namespace {

void collect_fields(const Layout& layout, const LayoutSet& layouts, const std::string& prefix,
                    std::size_t depth, std::vector<FieldRef>& fields) {
  if (depth > kMaxLayoutDepth) return;
  for (const Field& field : layout.fields) {
    fields.push_back({&field, prefix + field.name});
    if (field.type != FieldType::layout || field.is_array) continue;
    const auto nested = layouts.find(field.layout);
    if (nested == layouts.end()) continue;
    collect_fields(nested->second, layouts, prefix + field.name + ".", depth + 1, fields);
  }
}

std::optional<std::size_t> size_at_depth(const Layout& layout, const LayoutSet& layouts,
                                         std::size_t depth);

std::optional<std::size_t> field_size_at_depth(const Field& field, const LayoutSet& layouts,
                                               std::size_t depth) {
  std::optional<std::size_t> element = field.size;
  if (field.type == FieldType::layout) {
    const auto nested = layouts.find(field.layout);
    if (nested == layouts.end()) return std::nullopt;
    element = size_at_depth(nested->second, layouts, depth + 1);
  }
  if (!element) return std::nullopt;
  if (std::holds_alternative<CountOne>(field.count)) return element;
  if (const auto* const fixed = std::get_if<CountFixed>(&field.count)) {
    return *element * fixed->count;
  }
  return std::nullopt;
}

std::optional<std::size_t> size_at_depth(const Layout& layout, const LayoutSet& layouts,
                                         std::size_t depth) {
  if (depth > kMaxLayoutDepth) return std::nullopt;
  std::size_t size = 0;
  for (const Field& field : layout.fields) {
    const auto own = field_size_at_depth(field, layouts, depth);
    if (!own) return std::nullopt;
    size = aligned_offset(size, field) + *own;
  }
  return size;
}

std::string unit_name(const Field& field) {
  const std::string order = field.order == ByteOrder::little && field.size > 1 ? "le" : "";
  switch (field.type) {
    case FieldType::unsigned_integer:
      return fmt::format("u{}{}", field.size * 8, order);
    case FieldType::signed_integer:
      return fmt::format("i{}{}", field.size * 8, order);
    case FieldType::floating:
      return fmt::format("f{}{}", field.size * 8, order);
    case FieldType::bytes:
      return "bytes";
    case FieldType::text:
      return "text";
    case FieldType::layout:
      return field.layout;
  }
  return "";
}

struct ValueRenderer {
  std::string operator()(const Bytes& bytes) const { return render_quoted(bytes, bytes.size()); }
  template <class Number>
  std::string operator()(Number number) const {
    return fmt::format("{}", number);
  }
};

}  // namespace

std::vector<FieldRef> list_fields(const Layout& layout, const LayoutSet& layouts) {
  std::vector<FieldRef> fields;
  collect_fields(layout, layouts, "", 1, fields);
  return fields;
}

Expected<FieldRef, std::string> find_field(const Layout& layout, const LayoutSet& layouts,
                                           std::string_view name) {
  const std::vector<FieldRef> fields = list_fields(layout, layouts);
  std::vector<const FieldRef*> found;
  for (const FieldRef& item : fields) {
    if (item.path == name) return item;
    if (item.field->name == name) found.push_back(&item);
  }
  if (found.size() == 1) return *found.front();
  if (found.empty()) {
    return Unexpected<std::string>(
        fmt::format("the layout `{}` has no field `{}`", layout.name, name));
  }
  return Unexpected<std::string>(fmt::format("`{}` is not unique in `{}`: it may be `{}` or `{}`",
                                             name, layout.name, found[0]->path, found[1]->path));
}

std::optional<std::size_t> field_size(const Field& field, const LayoutSet& layouts) {
  return field_size_at_depth(field, layouts, 1);
}

std::optional<std::size_t> layout_size(const Layout& layout, const LayoutSet& layouts) {
  return size_at_depth(layout, layouts, 1);
}

std::size_t aligned_offset(std::size_t offset, const Field& field) {
  return (offset + field.align - 1) / field.align * field.align;
}

bool is_integer(const Field& field) {
  return field.type == FieldType::unsigned_integer || field.type == FieldType::signed_integer;
}

bool is_string(const Field& field) {
  return field.type == FieldType::bytes || field.type == FieldType::text;
}

const Field* field_named(const Layout& layout, std::string_view name) {
  const auto found = std::ranges::find(layout.fields, name, &Field::name);
  return found == layout.fields.end() ? nullptr : &*found;
}

std::string render_field_type(const Field& field) {
  std::string text = unit_name(field);
  if (const auto* const fixed = std::get_if<CountFixed>(&field.count)) {
    text += fmt::format("[{}]", fixed->count);
  } else if (const auto* const named = std::get_if<CountField>(&field.count)) {
    text += fmt::format("[{}]", named->field);
  } else if (const auto* const until = std::get_if<CountUntil>(&field.count)) {
    text += " until " + render_quoted(until->terminator);
  } else if (std::holds_alternative<CountRest>(field.count) && field.is_array) {
    text += "[rest]";
  }
  if (field.padding) {
    const Bytes padding{*field.padding};
    text += " padded by " + render_quoted(padding);
  }
  return text;
}

std::string render_field_value(const FieldValue& value) {
  return std::visit(ValueRenderer{}, value);
}

std::string render_field_rule(const FieldRule& rule) {
  if (const auto* const values = std::get_if<ValueOneOf>(&rule)) {
    std::vector<std::string> texts;
    for (const FieldValue& value : values->values) texts.push_back(render_field_value(value));
    return fmt::format("{}", fmt::join(texts, "|"));
  }
  if (const auto* const range = std::get_if<ValueRange>(&rule)) {
    return fmt::format("{}..{}", range->least, range->most);
  }
  if (const auto* const size = std::get_if<ValueSizeOf>(&rule)) return "size of " + size->field;
  if (const auto* const count = std::get_if<ValueCountOf>(&rule)) {
    return "count of " + count->field;
  }
  return "";
}

}  // namespace wireproof
