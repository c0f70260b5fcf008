#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "expect/layout/layout.h"

namespace wireproof {
namespace {

constexpr std::array<std::string_view, 6> kComparisons{"==", "!=", "<", "<=", ">", ">="};

std::string number_name(char kind, const Field& field) {
  if (field.coding != NumberCoding::fixed) return std::string(coding_name(field.coding));
  if (field.bits != 0) return fmt::format("bits {}", field.bits);
  const bool little = field.order == ByteOrder::little && field.size > 1;
  return fmt::format("{}{}{}", kind, field.size * 8, little ? "le" : "");
}

std::string render_literal(const Literal& literal) {
  if (!literal.is_text) return literal.text;
  return render_quoted(as_bytes(literal.text), literal.text.size());
}

std::string render_choice(const Field& field) {
  std::vector<std::string> cases;
  for (const FieldCase& one : field.cases) {
    cases.push_back(fmt::format("{}: {}", one.value ? render_literal(*one.value) : "else",
                                render_field_type(one.field)));
  }
  const std::string chooser =
      field.chooser ? fmt::format("({})", render_expression(*field.chooser)) : field.chosen_by;
  return fmt::format("switch {} {{{}}}", chooser, fmt::join(cases, ", "));
}

std::string unit_name(const Field& field) {
  switch (field.type) {
    case FieldType::unsigned_integer:
      return number_name('u', field);
    case FieldType::signed_integer:
      return number_name('i', field);
    case FieldType::floating:
      return number_name('f', field);
    case FieldType::bytes:
      return "bytes";
    case FieldType::text:
      return "text";
    case FieldType::layout:
      return field.layout;
    case FieldType::choice:
      return render_choice(field);
  }
  return "";
}

// What stands behind the name of a type, of each kind of count.
struct CountRenderer {
  const Field& field;

  std::string operator()(const CountOne&) const { return ""; }
  std::string operator()(const CountFixed& fixed) const { return fmt::format("[{}]", fixed.count); }
  std::string operator()(const CountField& named) const { return fmt::format("[{}]", named.field); }
  std::string operator()(const CountRest&) const { return field.is_array ? "[rest]" : ""; }
  std::string operator()(const CountUntil& until) const {
    return " until " + render_quoted(until.terminator, until.terminator.size());
  }
  std::string operator()(const CountPrefix& prefix) const {
    Field number;
    number.size = prefix.size;
    number.order = prefix.order;
    number.coding = prefix.coding;
    return " prefixed by " + number_name('u', number);
  }
  std::string operator()(const CountUntilValue& until) const {
    std::vector<std::string> texts;
    for (const FieldCondition& one : until.conditions) texts.push_back(render_condition(one));
    return fmt::format(" repeat until {}", fmt::join(texts, " or "));
  }
  std::string operator()(const CountAlign&) const { return ""; }
  std::string operator()(const CountOf& of) const {
    return fmt::format("[{}]", render_expression(of.count));
  }
  std::string operator()(const CountUntilTrue& until) const {
    return " repeat until " + render_expression(until.ends);
  }
};

struct ValueRenderer {
  std::string operator()(const Bytes& bytes) const { return render_quoted(bytes, bytes.size()); }
  template <class Number>
  std::string operator()(Number number) const {
    return fmt::format("{}", number);
  }
};

struct RuleRenderer {
  const Field& field;

  std::string operator()(const ValueAny&) const { return ""; }
  std::string operator()(const ValueOneOf& choice) const {
    std::vector<std::string> texts;
    for (const FieldValue& value : choice.values) {
      texts.push_back(render_field_value(field, value));
    }
    return fmt::format("{}", fmt::join(texts, "|"));
  }
  std::string operator()(const ValueRange& range) const {
    return fmt::format("{}..{}", range.least, range.most);
  }
  std::string operator()(const ValueSizeOf& size) const {
    std::string text = "size of " + render_range({size.field, size.last});
    if (size.plus != 0) {
      text +=
          fmt::format(" {} {}", size.plus < 0 ? '-' : '+', size.plus < 0 ? -size.plus : size.plus);
    }
    if (size.unit != 1) text += fmt::format(" / {}", size.unit);
    return text;
  }
  std::string operator()(const ValueCountOf& count) const { return "count of " + count.field; }
  std::string operator()(const ValueChecksum& rule) const {
    return render_checksum(rule.checksum) + " of " + render_range(rule.range);
  }
};

}  // namespace

std::string_view coding_name(NumberCoding coding) {
  switch (coding) {
    case NumberCoding::fixed:
      return "";
    case NumberCoding::leb128:
      return "leb128";
    case NumberCoding::sleb128:
      return "sleb128";
    case NumberCoding::zigzag:
      return "zigzag";
    case NumberCoding::quic:
      return "quic-varint";
    case NumberCoding::mqtt:
      return "mqtt-varint";
  }
  return "";
}

const std::vector<ValueName>& flag_names() {
  static const std::vector<ValueName> kNames{{"false", std::uint64_t{0}},
                                             {"true", std::uint64_t{1}}};
  return kNames;
}

std::string render_range(const FieldRange& range) {
  if (range.first.empty()) return "all";
  return range.last.empty() ? range.first : range.first + ".." + range.last;
}

std::string render_condition(const FieldCondition& condition) {
  return fmt::format("{} {} {}", condition.field,
                     kComparisons.at(static_cast<std::size_t>(condition.comparison)),
                     render_literal(condition.value));
}

std::string render_field_type(const Field& field) {
  const auto* const align = std::get_if<CountAlign>(&field.count);
  const bool is_flag = field.bits == 1 && field.names == flag_names();
  std::string text = unit_name(field);
  if (align != nullptr) text = fmt::format("align {}", align->size);
  if (is_flag) text = "flag";
  std::vector<std::string> names;
  for (const ValueName& one : field.names) {
    names.push_back(fmt::format("{}={}", one.name, render_field_value(one.value)));
  }
  if (field.other_values && !names.empty()) names.emplace_back("...");
  if (!names.empty() && !is_flag) text += fmt::format(" {{{}}}", fmt::join(names, ", "));
  text += std::visit(CountRenderer{field}, field.count);
  if (field.padding) {
    const Bytes padding{*field.padding};
    text += " padded by " + render_quoted(padding);
  }
  if (field.window) text += fmt::format(" in ({}) bytes", render_expression(*field.window));
  if (field.condition) text += fmt::format(" if {}", render_expression(*field.condition));
  for (const FieldCondition& condition : field.conditions) {
    text += &condition == &field.conditions.front() ? " if " : " and ";
    text += render_condition(condition);
  }
  return text;
}

std::string render_field_value(const FieldValue& value) {
  return std::visit(ValueRenderer{}, value);
}

std::string render_field_value(const Field& field, const FieldValue& value) {
  const auto named = std::ranges::find(field.names, value, &ValueName::value);
  return named == field.names.end() ? render_field_value(value) : named->name;
}

std::string render_field_rule(const Field& field) {
  return std::visit(RuleRenderer{field}, field.rule);
}

}  // namespace wireproof
