#include "sheet/kaitai/ksy_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text/words.h"
#include "expect/payload/field_codec.h"

namespace wireproof {
namespace {

constexpr WideNumber kMaxSize = 1 << 26;  // bytes or elements of one field
constexpr std::size_t kMaxKsyCases = 256;
constexpr std::size_t kMaxKsyNames = 1000;
constexpr const char* kElementName = "value";

bool is_whole_number(const Field& field) {
  return is_integer(field) && field.bits == 0;
}

bool can_be_repeated(const Field& field) {
  return field.type == FieldType::layout || is_whole_number(field) ||
         field.type == FieldType::floating;
}

// An expression of the layout around, for one that lies in it.
bool move_inside(Expression& expression) {
  const bool is_leaf = expression.kind != Operator::constant && expression.kind < Operator::negate;
  if (is_leaf) {
    if (expression.kind == Operator::at_end || expression.kind == Operator::position) return false;
    if (expression.field.from == FieldReference::From::element) return false;
    if (expression.field.from == FieldReference::From::holder) ++expression.field.levels;
  }
  return std::ranges::all_of(expression.operands, move_inside);
}

}  // namespace

KsyPlace KsyFields::place() const {
  KsyPlace place;
  place.object.type = use_.type;
  place.object.arguments = &use_.arguments;
  place.field = index_;
  return place;
}

std::optional<Field> KsyFields::read(std::size_t index) {
  index_ = index;
  const KsyAttribute& attribute = use_.type->seq[index];
  auto field = read_one(attribute);
  if (!field) return std::nullopt;
  if (attribute.repeat) {
    if (field->bits != 0) {
      fail(ProblemCode::kaitai_unread, attribute.span, "repeated bit fields are not read",
           "a type with the bits of one byte, repeated");
      return std::nullopt;
    }
    const bool is_array = can_be_repeated(*field);
    if (!is_array) {
      Field element = *field;
      element.name = kElementName;
      for (FieldCase& one : element.cases) one.field.name = kElementName;
      Field array;
      array.type = FieldType::layout;
      array.size = 0;
      array.layout = layouts_.add_element(layout_, attribute.id, element);
      field = std::move(array);
    }
    field->name = attribute.id;
    field->is_array = true;
    if (!read_repeat(attribute, *field)) return std::nullopt;
  }
  field->meaning = attribute.doc;
  if (!attribute.condition) return field;
  field->condition = names_.read(*attribute.condition, place());
  return field->condition ? field : std::nullopt;
}

std::optional<Field> KsyFields::read_one(const KsyAttribute& attribute) {
  Field field;
  field.name = attribute.id;
  if (attribute.contents) {
    field.count = CountFixed{attribute.contents->size()};
    field.rule = ValueOneOf{{*attribute.contents}};
    return field;
  }
  if (attribute.cases) return read_choice(attribute);
  if (attribute.type ? !read_type(attribute, *attribute.type, field)
                     : !read_bytes(attribute, field)) {
    return std::nullopt;
  }
  if (!read_enum(attribute, field) || !read_valid(attribute, field)) return std::nullopt;
  return field;
}

std::optional<Field> KsyFields::read_choice(const KsyAttribute& attribute) {
  Field choice;
  choice.name = attribute.id;
  choice.type = FieldType::choice;
  choice.size = 0;
  choice.chooser = names_.read(attribute.cases->on, place());
  if (!choice.chooser) return std::nullopt;
  if (attribute.cases->cases.size() > kMaxKsyCases) {
    fail(ProblemCode::kaitai_limit, attribute.span,
         fmt::format("a switch has at most {} cases", kMaxKsyCases));
    return std::nullopt;
  }
  const KsyText* otherwise = nullptr;
  for (const auto& [value, type] : attribute.cases->cases) {
    if (value.text == "_") {
      otherwise = &type;
    } else if (!add_case(attribute, value, type, choice)) {
      return std::nullopt;
    }
  }
  FieldCase last;
  last.field.name = attribute.id;
  const bool is_read = otherwise != nullptr ? read_type(attribute, *otherwise, last.field)
                                            : add_default(attribute, last.field);
  if (!is_read) return std::nullopt;
  choice.cases.push_back(std::move(last));
  return choice;
}

bool KsyFields::add_case(const KsyAttribute& attribute, const KsyText& value, const KsyText& type,
                         Field& choice) {
  const auto constant = names_.read_constant(value, place());
  if (!constant) return false;
  FieldCase one;
  if (const auto* const bytes = std::get_if<Bytes>(&*constant)) {
    one.value = Literal{std::string(as_text(*bytes)), true};
  } else {
    one.value = Literal{render_number(std::get<WideNumber>(*constant)), false};
  }
  if (std::ranges::count(choice.cases, one.value, &FieldCase::value) > 0) {
    return fail(ProblemCode::kaitai_key, value.span, "this case is there twice");
  }
  one.field.name = attribute.id;
  if (!read_type(attribute, type, one.field)) return false;
  choice.cases.push_back(std::move(one));
  return true;
}

// Without `_`: the bytes of the size that is given, or nothing.
bool KsyFields::add_default(const KsyAttribute& attribute, Field& field) {
  if (attribute.size || attribute.size_eos) return read_bytes(attribute, field);
  field.count = CountFixed{0};
  return true;
}

bool KsyFields::read_type(const KsyAttribute& attribute, const KsyText& type, Field& field) {
  if (is_ksy_string(type.text)) {
    field.type = FieldType::text;
    if (type.text == "strz" && !attribute.terminator) {
      KsyAttribute ended = attribute;
      ended.terminator = std::uint8_t{0};
      return read_bytes(ended, field);
    }
    return read_bytes(attribute, field);
  }
  if (!is_ksy_word(type.text)) return read_layout(attribute, type, field);
  if (attribute.size || attribute.size_eos) {
    return fail(ProblemCode::kaitai_unread, type.span, "a number has the size of its type",
                "without `size`");
  }
  return read_word(type, field);
}

std::optional<ByteOrder> KsyFields::order_of(const std::string& word) const {
  if (word.ends_with("le")) return ByteOrder::little;
  if (word.ends_with("be")) return ByteOrder::big;
  return use_.type->order_switch ? use_.order : use_.type->order;
}

bool KsyFields::read_word(const KsyText& type, Field& field) {
  const std::string& word = type.text;
  std::string_view digits = std::string_view(word).substr(1);
  if (digits.ends_with("le") || digits.ends_with("be")) digits.remove_suffix(2);
  field.size = parse_number<std::size_t>(digits).value_or(1);
  if (word.front() == 'b') {
    if (word.ends_with("le")) {
      return fail(ProblemCode::kaitai_unread, type.span,
                  "bit fields from the least significant bit on are not read");
    }
    field.type = FieldType::unsigned_integer;
    field.bits = field.size;
    field.size = (field.bits + 7) / 8;
    if (field.bits != 1) return true;
    field.names = flag_names();
    field.other_values = false;
    return true;
  }
  field.type = word.front() == 'u'   ? FieldType::unsigned_integer
               : word.front() == 's' ? FieldType::signed_integer
                                     : FieldType::floating;
  const auto order = order_of(word);
  if (!order && field.size > 1) {
    return fail(ProblemCode::kaitai_shape, type.span, fmt::format("`{}` has no byte order", word),
                fmt::format("`meta: endian: be` above, or `{}be`", word));
  }
  field.order = order.value_or(ByteOrder::big);
  return true;
}

bool KsyFields::read_layout(const KsyAttribute& attribute, const KsyText& type, Field& field) {
  const auto& use = names_.type_use(type, file());
  if (!use) return false;
  const KsyType* const found = find_ksy_type(*use_.type, use->name);
  if (found == nullptr) {
    return fail(ProblemCode::kaitai_name, type.span,
                fmt::format("there is no type `{}`", use->name),
                suggest_name(use->name, ksy_type_names(*use_.type)));
  }
  if (attribute.terminator || attribute.padding) {
    return fail(ProblemCode::kaitai_unread, attribute.span,
                "a type that ends with a byte is not read", "give it a `size`");
  }
  const auto arguments = read_arguments(*use, *found, type.span);
  if (!arguments) return false;
  field.type = FieldType::layout;
  field.size = 0;
  if (attribute.size) {
    field.window = names_.read(*attribute.size, place());
    if (!field.window) return false;
  }
  const bool is_ordered = found->order_switch.has_value();
  if (is_ordered && (found->file != use_.type->file || !use_.order)) {
    return read_ordered(attribute, {found, *arguments, std::nullopt}, type, field);
  }
  const auto layout = layouts_.layout_of(
      {found, *arguments, is_ordered ? use_.order : std::nullopt}, file(), type.span);
  field.layout = layout.value_or("");
  return layout.has_value();
}

// A type whose byte order depends on a field: a choice between both.
bool KsyFields::read_ordered(const KsyAttribute& attribute, KsyUse use, const KsyText& type,
                             Field& field) {
  if (attribute.cases) {
    return fail(ProblemCode::kaitai_unread, type.span,
                "a type whose byte order depends on a field is no case of a switch");
  }
  Field choice;
  choice.name = attribute.id;
  choice.type = FieldType::choice;
  choice.size = 0;
  KsyPlace inside;
  inside.object.type = use.type;
  const KsySwitch& order = *use.type->order_switch;
  choice.chooser = names_.read(order.on, inside);
  if (!choice.chooser) return false;
  const auto leaves = leaves_of(*choice.chooser);
  const bool is_from_root = std::ranges::all_of(leaves, [](const Expression* leaf) {
    return leaf->field.from == FieldReference::From::root;
  });
  if (!is_from_root) {
    return fail(ProblemCode::kaitai_unread, order.on.span,
                "a byte order depends on a field of `_root`, or is not read");
  }
  for (const auto& [value, name] : order.cases) {
    const bool is_little = name.text == "le";
    if (!is_little && name.text != "be") {
      return fail(ProblemCode::kaitai_shape, name.span, "a byte order is le or be");
    }
    use.order = is_little ? ByteOrder::little : ByteOrder::big;
    const auto layout = layouts_.layout_of(use, file(), type.span);
    const auto constant =
        value.text == "_" ? ExpressionValue() : names_.read_constant(value, inside);
    if (!layout || !constant) return false;
    FieldCase one;
    if (value.text != "_") {
      one.value = Literal{render_number(std::get<WideNumber>(*constant)), false};
    }
    one.field = field;
    one.field.layout = *layout;
    choice.cases.push_back(std::move(one));
  }
  field = std::move(choice);
  return true;
}

std::optional<std::vector<Expression>> KsyFields::read_arguments(const KsyTypeUse& use,
                                                                 const KsyType& type, Span span) {
  std::vector<Expression> arguments;
  if (use.arguments.size() != type.params.size()) {
    fail(ProblemCode::kaitai_expression, span,
         fmt::format("`{}` takes {}", use.name, counted(type.params.size(), "argument")));
    return std::nullopt;
  }
  for (const KsyNode& argument : use.arguments) {
    auto expression = names_.read(argument, place());
    if (!expression) return std::nullopt;
    if (!move_inside(*expression)) {
      fail(ProblemCode::kaitai_unread, argument.span,
           "an argument is computed of fields that stand before");
      return std::nullopt;
    }
    arguments.push_back(*std::move(expression));
  }
  return arguments;
}

bool KsyFields::read_size(const KsyText& size, FieldCount& count) {
  auto expression = names_.read(size, place());
  if (!expression) return false;
  if (!leaves_of(*expression).empty()) {
    count = CountOf{*std::move(expression)};
    return true;
  }
  const auto number = evaluate_number(*expression, [](const Expression&) { return std::nullopt; });
  if (number && *number >= 0 && *number <= kMaxSize) {
    count = CountFixed{static_cast<std::uint64_t>(*number)};
    return true;
  }
  return fail(ProblemCode::kaitai_limit, size.span,
              number && *number < 0 ? "this is less than nothing" : "this is too much",
              fmt::format("at most {}", static_cast<std::uint64_t>(kMaxSize)));
}

// Bytes or a text: of a size, up to a byte, or all that is left.
bool KsyFields::read_bytes(const KsyAttribute& attribute, Field& field) {
  if (attribute.size) {
    if (!read_size(*attribute.size, field.count)) return false;
    field.padding = attribute.padding ? attribute.padding : attribute.terminator;
    return true;
  }
  if (attribute.padding || (attribute.size_eos && attribute.terminator)) {
    return fail(ProblemCode::kaitai_unread, attribute.span,
                "what is filled up needs a `size` to be written", "size: 16");
  }
  if (attribute.terminator) {
    field.count = CountUntil{Bytes{*attribute.terminator}};
    return true;
  }
  field.count = CountRest{};
  return attribute.size_eos || fail(ProblemCode::kaitai_shape, attribute.span,
                                    fmt::format("`{}` has no type and no end", attribute.id),
                                    "type, size, size-eos or terminator");
}

bool KsyFields::read_enum(const KsyAttribute& attribute, Field& field) {
  if (!attribute.enumeration) return true;
  const KsyText& name = *attribute.enumeration;
  const KsyEnum* const values = find_ksy_enum(*use_.type, name.text);
  if (values == nullptr) {
    return fail(ProblemCode::kaitai_name, name.span,
                fmt::format("there is no enum `{}`", name.text));
  }
  if (!is_integer(field)) {
    return fail(ProblemCode::kaitai_shape, name.span, "only a whole number has an enum");
  }
  if (values->names.size() > kMaxKsyNames) {
    return fail(ProblemCode::kaitai_limit, name.span,
                fmt::format("an enum has at most {} names here", kMaxKsyNames));
  }
  field.names.clear();
  field.other_values = true;
  for (const auto& [number, label] : values->names) {
    Field plain = field;
    plain.names.clear();
    const auto value = parse_field_number(render_number(number), plain);
    const bool is_new = std::ranges::count(field.names, label, &ValueName::name) == 0;
    if (value && is_new) field.names.push_back({label, *value});
  }
  return true;
}

bool KsyFields::read_valid(const KsyAttribute& attribute, Field& field) {
  if (!attribute.valid) return true;
  const KsyValid& valid = *attribute.valid;
  if (field.type == FieldType::layout) {
    return fail(ProblemCode::kaitai_unread, attribute.span, "a type has no `valid`");
  }
  std::vector<FieldValue> values;
  for (const KsyText& text : valid.any_of) {
    if (!add_valid(text, field, values)) return false;
  }
  if (!values.empty()) field.rule = ValueOneOf{values};
  if (!valid.least && !valid.most) return true;
  ValueRange range{std::numeric_limits<std::int64_t>::min(),
                   std::numeric_limits<std::int64_t>::max()};
  for (const auto* const end : {&valid.least, &valid.most}) {
    if (!*end) continue;
    const auto constant = names_.read_constant(**end, place());
    if (!constant) return false;
    const auto* const number = std::get_if<WideNumber>(&*constant);
    if (number == nullptr || *number < range.least || *number > range.most || !is_integer(field)) {
      return fail(ProblemCode::kaitai_unread, (*end)->span, "this is no end of a range here",
                  "a whole number of 64 bits with a sign");
    }
    (end == &valid.least ? range.least : range.most) = static_cast<std::int64_t>(*number);
  }
  if (!valid.least && field.type == FieldType::unsigned_integer) range.least = 0;
  if (!valid.least && field.type == FieldType::signed_integer) {
    range.least = std::numeric_limits<std::int64_t>::min() >> (64 - field.size * 8);
  }
  field.rule = range;
  return true;
}

bool KsyFields::add_valid(const KsyText& text, const Field& field,
                          std::vector<FieldValue>& values) {
  const auto constant = names_.read_constant(text, place());
  if (!constant) return false;
  const auto* const bytes = std::get_if<Bytes>(&*constant);
  if (is_string(field) && bytes != nullptr) {
    values.emplace_back(*bytes);
    return true;
  }
  const auto value = bytes == nullptr && is_integer(field)
                         ? parse_field_number(render_number(std::get<WideNumber>(*constant)), field)
                         : Unexpected<std::string>("it is no value of the field's type");
  if (!value) return fail(ProblemCode::kaitai_unread, text.span, value.error());
  values.push_back(*value);
  return true;
}

std::optional<KsyElement> KsyFields::element_of(const KsyAttribute& attribute,
                                                const Field& field) const {
  KsyElement element{&attribute, nullptr, ""};
  const bool is_wrapped = field.layout.ends_with("." + attribute.id) && !attribute.type;
  if (field.type != FieldType::layout) return element;
  const bool is_text = attribute.type && is_ksy_string(attribute.type->text);
  if (is_wrapped || is_text) {
    element.path = kElementName;
    return element;
  }
  const auto& use = names_.type_use(*attribute.type, file());
  element.type = use ? find_ksy_type(*use_.type, use->name) : nullptr;
  return element;
}

bool KsyFields::read_repeat(const KsyAttribute& attribute, Field& field) {
  const KsyText& kind = *attribute.repeat;
  if (kind.text == "eos") {
    field.count = CountRest{};
    return true;
  }
  if (kind.text == "expr" && attribute.repeat_expr) {
    return read_size(*attribute.repeat_expr, field.count);
  }
  if (kind.text == "until" && attribute.repeat_until) {
    KsyPlace here = place();
    here.element = element_of(attribute, field);
    auto ends = names_.read(*attribute.repeat_until, here);
    if (!ends) return false;
    field.count = CountUntilTrue{*std::move(ends)};
    return true;
  }
  return fail(ProblemCode::kaitai_shape, kind.span,
              "a repetition is `eos`, `expr` with `repeat-expr`, or `until` with `repeat-until`");
}

}  // namespace wireproof
