#include "report/dissector/lua_tables.h"

#include <fmt/format.h>

#include <algorithm>

#include "report/dissector/dissector.h"
#include "report/dissector/lua_expression.h"
#include "report/dissector/lua_text.h"
#include "report/dissector/proto_fields.h"

namespace wireproof {
namespace {

std::string_view type_name(FieldType type) {
  switch (type) {
    case FieldType::unsigned_integer:
      return "unsigned";
    case FieldType::signed_integer:
      return "signed";
    case FieldType::floating:
      return "float";
    case FieldType::bytes:
      return "bytes";
    case FieldType::text:
      return "text";
    case FieldType::layout:
      return "layout";
    case FieldType::choice:
      return "choice";
  }
  return "";
}

// A number's bytes, as `read_number` of the script takes them.
std::string number_form(std::size_t size, ByteOrder order, NumberCoding coding) {
  std::string text = fmt::format("size = {}", size);
  if (order == ByteOrder::little) text += ", little = true";
  if (coding != NumberCoding::fixed) text += fmt::format(", coding = \"{}\"", coding_name(coding));
  return text;
}

// The fields of a range by their places, from 1 as Lua counts.
std::string stretch_places(const FieldStretch& stretch) {
  return fmt::format("first = {}, last = {}", stretch.first + 1, stretch.last + 1);
}

class TableWriter {
 public:
  TableWriter(const LayoutSet& layouts, const std::string& protocol)
      : layouts_(layouts), protofields_(protocol) {}

  Expected<std::string, std::string> write(const Layout& layout) {
    write_shape(layout, "");
    if (protofields_.size() > kMaxDissectorFields) {
      problem_ =
          fmt::format("with the layouts in it, it has more than {} fields", kMaxDissectorFields);
    }
    if (!problem_.empty()) return Unexpected<std::string>(problem_);
    return protofields_.render() + fmt::format("\n{}", fmt::join(shapes_, ""));
  }

 private:
  struct OpenLayout {
    const Layout* layout = nullptr;
    std::size_t shape = 0;
  };

  // The place in `shapes`, from 1; 0 where the script refuses what lies so deep.
  std::size_t write_shape(const Layout& layout, const std::string& prefix) {
    const auto open = std::ranges::find(open_, &layout, &OpenLayout::layout);
    if (open != open_.end()) return open->shape;
    if (open_.size() == kMaxLayoutDepth || protofields_.size() > kMaxDissectorFields) return 0;
    shapes_.emplace_back();
    const std::size_t shape = shapes_.size();
    open_.push_back({&layout, shape});
    std::string fields;
    for (std::size_t i = 0; i < layout.fields.size(); ++i) {
      const Field& field = layout.fields[i];
      const std::string rest = place_of_end(layout, i) + rule_of(field, layout);
      fields += fmt::format("  {{ {}{} }},\n", field_text(field, prefix), rest);
    }
    open_.pop_back();
    shapes_[shape - 1] =
        fmt::format("shapes[{}] = {{ name = {}, is_element = {}, fields = {{\n{}}} }}\n", shape,
                    lua_string(layout.name), layout.is_element, fields);
    return shape;
  }

  // What a field and the field of a case have.
  std::string field_text(const Field& field, const std::string& prefix) {
    std::string text =
        fmt::format("name = {}, type = \"{}\", {}, align = {}, count = {}", lua_string(field.name),
                    type_name(field.type), number_form(field.size, field.order, field.coding),
                    field.align, count_text(field));
    if (field.is_array) text += ", array = true";
    if (field.bits != 0) text += fmt::format(", bits = {}", field.bits);
    if (field.padding) text += fmt::format(", padding = {}", *field.padding);
    text += fmt::format(", conditions = {}", lua_conditions(field.conditions));
    text += names_of(field) + computed("condition", field.condition);
    if (field.type == FieldType::choice) return text + choice_text(field, prefix);
    const std::string path = prefix + field.name;
    text += fmt::format(", proto = {}", protofields_.add(field, path));
    if (is_wide_number(field)) text += ", is_wide = true";
    return text + nested_text(field, path + ".");
  }

  std::string nested_text(const Field& field, const std::string& prefix) {
    if (field.type != FieldType::layout) return "";
    const auto nested = layouts_.find(field.layout);
    if (nested == layouts_.end()) {
      problem_ =
          fmt::format("`{}` has the layout `{}`, which is not known", field.name, field.layout);
      return "";
    }
    return fmt::format(", shape = {}", write_shape(nested->second, prefix)) +
           computed("window", field.window);
  }

  std::string choice_text(const Field& field, const std::string& prefix) {
    std::string text = computed("chooser", field.chooser);
    if (!field.chooser) text += ", chosen_by = " + lua_string(field.chosen_by);
    text += ", cases = {\n";
    for (const FieldCase& one : field.cases) {
      const std::string value = one.value ? "value = " + lua_literal(*one.value) + ", " : "";
      text += fmt::format("    {{ {}field = {{ {} }} }},\n", value, field_text(one.field, prefix));
    }
    return text + "  }";
  }

  std::string count_text(const Field& field) {
    return fmt::format("{{ {} }}", std::visit(CountWriter{*this}, field.count));
  }

  struct CountWriter {
    TableWriter& writer;

    std::string operator()(const CountOne&) const { return "kind = \"one\""; }
    std::string operator()(const CountFixed& fixed) const {
      return fmt::format("kind = \"fixed\", count = {}", fixed.count);
    }
    std::string operator()(const CountField& named) const {
      return "kind = \"field\", field = " + lua_string(named.field);
    }
    std::string operator()(const CountRest&) const { return "kind = \"rest\""; }
    std::string operator()(const CountUntil& until) const {
      return "kind = \"until\", terminator = " + lua_string(until.terminator);
    }
    std::string operator()(const CountPrefix& prefix) const {
      return fmt::format(
          "kind = \"prefix\", number = {{ name = \"size\", type = \"unsigned\", {} }}",
          number_form(prefix.size, prefix.order, prefix.coding));
    }
    std::string operator()(const CountUntilValue& until) const {
      return "kind = \"until_value\", conditions = " + lua_conditions(until.conditions);
    }
    std::string operator()(const CountAlign& align) const {
      return fmt::format("kind = \"align\", unit = {}", align.size);
    }
    std::string operator()(const CountOf& of) const {
      return "kind = \"of\"" + writer.computed("expression", of.count);
    }
    std::string operator()(const CountUntilTrue& until) const {
      return "kind = \"until_true\"" + writer.computed("expression", until.ends);
    }
  };

  std::string computed(std::string_view key, const std::optional<Expression>& expression) {
    if (!expression) return "";
    const auto text = lua_expression(*expression);
    if (!text) problem_ = text.error();
    return text ? fmt::format(", {} = {}", key, *text) : "";
  }

  static std::string names_of(const Field& field) {
    if (!is_integer(field)) return "";
    std::vector<std::string> values;
    for (const ValueName& one : field.names) {
      const auto value = lua_value(one.value);
      if (value) values.push_back(fmt::format("[{}] = {}", lua_string(one.name), *value));
    }
    const bool is_closed = !field.other_values && !field.names.empty();
    return fmt::format(", values = {{ {} }}{}", fmt::join(values, ", "),
                       is_closed ? ", is_closed = true" : "");
  }

  // Where a field without a length of its own ends, as LayoutDecoder::bound_of() has it.
  std::string place_of_end(const Layout& layout, std::size_t index) const {
    const Field& field = layout.fields[index];
    const bool needs =
        is_open_ended(field) || field.type == FieldType::layout || field.type == FieldType::choice;
    if (!needs) return "";
    std::string text;
    std::string ends;
    for (const Field& other : layout.fields) {
      const auto* const count = std::get_if<ValueCountOf>(&other.rule);
      if (count != nullptr && count->field == field.name && is_open_ended(field)) {
        text = ", counted_by = " + lua_string(other.name);
      }
      ends += end_by_size(layout, index, other);
    }
    const auto behind = size_behind(layout, layouts_, index, layout.fields.size() - 1);
    text += fmt::format(", behind = {}", behind.value_or(0));
    return ends.empty() ? text : fmt::format("{}, ends = {{ {}}}", text, ends);
  }

  std::string end_by_size(const Layout& layout, std::size_t index, const Field& counter) const {
    const auto* const size = std::get_if<ValueSizeOf>(&counter.rule);
    const auto stretch =
        size == nullptr ? std::nullopt : find_stretch(layout, {size->field, size->last});
    if (!stretch || index < stretch->first || index > stretch->last) return "";
    const auto behind = size_behind(layout, layouts_, index, stretch->last);
    if (!behind) return "";
    return fmt::format("{{ by = {}, {}, plus = {}, unit = {}, behind = {} }}, ",
                       lua_string(counter.name), stretch_places(*stretch), size->plus, size->unit,
                       *behind);
  }

  // What the script holds against the value.
  std::string rule_of(const Field& field, const Layout& layout) const {
    if (field.is_array) return "";
    if (const auto* const range = std::get_if<ValueRange>(&field.rule)) {
      return fmt::format(", least = {}, most = {}", lua_number(range->least),
                         lua_number(range->most));
    }
    if (const auto* const count = std::get_if<ValueCountOf>(&field.rule)) {
      return ", count_of = " + lua_string(count->field);
    }
    if (const auto* const size = std::get_if<ValueSizeOf>(&field.rule)) {
      const auto stretch = find_stretch(layout, {size->field, size->last});
      if (!stretch) return "";
      return fmt::format(", size_of = {{ {}, plus = {}, unit = {} }}", stretch_places(*stretch),
                         size->plus, size->unit);
    }
    return allowed_values(field);
  }

  static std::string allowed_values(const Field& field) {
    const auto* const one_of = std::get_if<ValueOneOf>(&field.rule);
    if (one_of == nullptr) return "";
    std::vector<std::string> values;
    for (FieldValue value : one_of->values) {
      auto* const bytes = std::get_if<Bytes>(&value);
      // The script compares values without their padding.
      while (bytes != nullptr && field.padding && !bytes->empty() &&
             bytes->back() == *field.padding) {
        bytes->pop_back();
      }
      const auto text = lua_value(value);
      if (!text) return "";
      values.push_back(*text);
    }
    return fmt::format(", allowed = {{ {} }}", fmt::join(values, ", "));
  }

  const LayoutSet& layouts_;
  ProtoFields protofields_;
  std::vector<std::string> shapes_;
  std::vector<OpenLayout> open_;
  std::string problem_;
};

}  // namespace

Expected<std::string, std::string> lua_tables(const Layout& layout, const LayoutSet& layouts,
                                              const std::string& protocol) {
  return TableWriter(layouts, protocol).write(layout);
}

}  // namespace wireproof
