#include "sheet/kaitai/ksy_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text/words.h"
#include "sheet/kaitai/ksy_library.h"

namespace wireproof {
namespace {

using From = FieldReference::From;

constexpr std::size_t kMaxInlining = 30;  // instances in each other

Expression leaf_of(Operator kind, FieldReference place) {
  Expression leaf;
  leaf.kind = kind;
  leaf.field = std::move(place);
  return leaf;
}

FieldReference below(FieldReference place, const std::string& name) {
  place.path += name;
  return place;
}

const KsyAttribute* named(const std::vector<KsyAttribute>& all, const std::string& name) {
  const auto found = std::ranges::find(all, name, &KsyAttribute::id);
  return found == all.end() ? nullptr : &*found;
}

bool is_own(const KsyObject& object) {
  return object.place.from == From::holder && object.place.levels == 0 && object.place.path.empty();
}

}  // namespace

bool is_ksy_string(const std::string& type) {
  return type == "str" || type == "strz";
}

bool is_ksy_word(const std::string& type) {
  if (is_ksy_string(type)) return true;
  std::string_view rest = type;
  if (rest.ends_with("le") || rest.ends_with("be")) rest.remove_suffix(2);
  if (rest.size() < 2 || rest.find_first_not_of("0123456789", 1) != rest.npos) return false;
  const auto number = parse_number<std::uint64_t>(rest.substr(1));
  if (!number) return false;
  if (rest.front() == 'b') return *number >= 1 && *number <= 64;
  if (rest.front() == 'f') return *number == 4 || *number == 8;
  const bool is_whole = *number == 1 || *number == 2 || *number == 4 || *number == 8;
  return (rest.front() == 'u' || rest.front() == 's') && is_whole &&
         (rest.size() == type.size() || *number > 1);
}

KsyNames::KsyNames(const std::vector<std::unique_ptr<KsyFile>>& files,
                   std::map<const KsyFile*, std::string> roots)
    : roots_(std::move(roots)) {
  for (const auto& file : files) add_parents(file->root);
}

void KsyNames::add_parents(const KsyType& type) {
  for (const KsyAttribute& field : type.seq) {
    if (field.type) add_parent(type, field, *field.type);
    if (!field.cases) continue;
    for (const auto& [value, used] : field.cases->cases) add_parent(type, field, used);
  }
  for (const auto& inner : type.types) add_parents(*inner);
}

void KsyNames::add_parent(const KsyType& type, const KsyAttribute& field, const KsyText& used) {
  if (is_ksy_word(used.text)) return;
  const auto& use = type_use(used, *type.file);
  const KsyType* const found = use ? find_ksy_type(type, use->name) : nullptr;
  if (found != nullptr) holders_[found].push_back({&type, &field});
}

const std::optional<KsyTypeUse>& KsyNames::type_use(const KsyText& text, KsyFile& file) {
  const auto [found, is_new] = uses_.try_emplace(&text);
  if (is_new) found->second = parse_ksy_type(text, *file.source, file.problems);
  return found->second;
}

const std::optional<KsyNode>& KsyNames::parsed(const KsyText& text, KsyFile& file) {
  const auto [found, is_new] = parsed_.try_emplace(&text);
  if (is_new) found->second = parse_ksy_expression(text, *file.source, file.problems);
  return found->second;
}

std::optional<Expression> KsyNames::read(const KsyText& text, const KsyPlace& place) {
  const auto& node = parsed(text, *place.object.type->file);
  return node ? read(*node, place) : std::nullopt;
}

std::optional<Expression> KsyNames::read(const KsyNode& node, const KsyPlace& place) {
  nodes_ = 0;
  const Reading reading{place, *place.object.type, 0};
  auto expression = expression_of(node, place.object, reading);
  if (expression && expression_depth(*expression) > kMaxExpressionDepth) {
    return fail(ProblemCode::kaitai_limit, node, reading, "the expression is nested too deep");
  }
  return expression;
}

std::optional<ExpressionValue> KsyNames::read_constant(const KsyText& text, const KsyPlace& place) {
  const auto expression = read(text, place);
  if (!expression) return std::nullopt;
  auto value = evaluate(*expression, [](const Expression&) { return std::nullopt; });
  if (!value) {
    const Reading reading{place, *place.object.type, 0};
    fail(ProblemCode::kaitai_unread, *parsed(text, *place.object.type->file), reading,
         "only a value that needs no field is read here");
  }
  return value;
}

std::nullopt_t KsyNames::fail(ProblemCode code, const KsyNode& node, const Reading& reading,
                              const std::string& message, const std::string& help) {
  KsyFile& file = *reading.type.file;
  // An instance is looked into at each use; what is wrong in it is said once.
  if (told_.insert({&file, node.span.begin}).second) {
    file.problems.error(code, node.span, message, help);
  }
  return std::nullopt;
}

std::optional<Expression> KsyNames::expression_of(const KsyNode& node, const KsyObject& object,
                                                  const Reading& reading) {
  auto value = value_of(node, object, reading);
  if (!value) return std::nullopt;
  if (value->kind == Kind::number || value->kind == Kind::text) return std::move(value->value);
  return fail(ProblemCode::kaitai_expression, node, reading, "this is no single value");
}

KsyNames::MaybeValue KsyNames::value_of(const KsyNode& node, const KsyObject& object,
                                        const Reading& reading) {
  ++work_;
  if (++nodes_ > kMaxExpressionSize || work_ > kMaxKsyWork) {
    return fail(ProblemCode::kaitai_limit, node, reading,
                "the expression is too large with all that its names stand for",
                fmt::format("at most {} parts, {} in all", kMaxExpressionSize, kMaxKsyWork));
  }
  Value made;
  switch (node.kind) {
    case KsyNode::Kind::number:
      made.value = number_expression(node.number);
      return made;
    case KsyNode::Kind::text: {
      const ByteView bytes = as_bytes(node.text);
      made.value.value = Bytes(bytes.begin(), bytes.end());
      made.kind = Kind::text;
      return made;
    }
    case KsyNode::Kind::name:
      return member(object, node, reading);
    case KsyNode::Kind::path:
      return enum_value(node, reading);
    case KsyNode::Kind::attribute: {
      const auto operand = value_of(node.operands.front(), object, reading);
      return operand ? member_of(*operand, node, reading) : std::nullopt;
    }
    case KsyNode::Kind::index:
      return fail(ProblemCode::kaitai_unread, node, reading,
                  "an element of an array is not looked up",
                  "`repeat-until` can name the last one by `_`");
    case KsyNode::Kind::cast: {
      auto operand = value_of(node.operands.front(), object, reading);
      if (operand && operand->kind == Kind::object) {
        operand->object.type = find_ksy_type(reading.type, node.text);
        if (operand->object.type == nullptr) {
          return fail(ProblemCode::kaitai_name, node, reading,
                      fmt::format("there is no type `{}`", node.text),
                      suggest_name(node.text, ksy_type_names(reading.type)));
        }
      }
      return operand;
    }
    case KsyNode::Kind::operation:
      return operation(node, object, reading);
  }
  return std::nullopt;
}

KsyNames::MaybeValue KsyNames::operation(const KsyNode& node, const KsyObject& object,
                                         const Reading& reading) {
  Value made;
  made.value.kind = node.operation;
  for (const KsyNode& operand : node.operands) {
    auto expression = expression_of(operand, object, reading);
    if (!expression) return std::nullopt;
    made.value.operands.push_back(*std::move(expression));
  }
  return made;
}

KsyNames::MaybeValue KsyNames::member_of(const Value& value, const KsyNode& node,
                                         const Reading& reading) {
  const std::string& name = node.text;
  if (value.kind == Kind::object) return member(value.object, node, reading);
  const bool asks_size = name == "size" || name == "length";
  Value made;
  made.place = value.place;
  if (value.kind == Kind::array && name == "size") {
    made.value = leaf_of(Operator::count_of, value.place);
    return made;
  }
  if (value.kind == Kind::text && asks_size && !value.place.path.empty()) {
    made.value = leaf_of(Operator::size_of, value.place);
    return made;
  }
  if (value.kind == Kind::number && name == "to_i") return value;
  if (value.kind == Kind::stream && (name == "eof" || name == "pos")) {
    if (!value.object.place.path.empty() || value.object.place.from == From::element) {
      return fail(ProblemCode::kaitai_unread, node, reading,
                  "only the stream of the type itself, or of one around it, is known");
    }
    made.value = leaf_of(name == "eof" ? Operator::at_end : Operator::position, value.object.place);
    return made;
  }
  return fail(ProblemCode::kaitai_unread, node, reading, fmt::format("`.{}` is not read", name),
              ".size of bytes and arrays, .length of texts, .to_i of numbers, _io.eof, _io.pos");
}

KsyNames::MaybeValue KsyNames::enum_value(const KsyNode& node, const Reading& reading) {
  const std::size_t end = node.text.rfind("::");
  const std::string name = node.text.substr(0, end);
  const std::string label = node.text.substr(end + 2);
  const KsyEnum* const values = find_ksy_enum(reading.type, name);
  if (values == nullptr) {
    return fail(ProblemCode::kaitai_name, node, reading,
                fmt::format("there is no enum `{}`", name));
  }
  const auto found =
      std::ranges::find(values->names, label, &std::pair<WideNumber, std::string>::second);
  if (found == values->names.end()) {
    std::vector<std::string> labels;
    for (const auto& [value, known] : values->names) labels.push_back(known);
    return fail(ProblemCode::kaitai_name, node, reading,
                fmt::format("`{}` has no value `{}`", name, label), suggest_name(label, labels));
  }
  Value made;
  made.value = number_expression(found->first);
  made.value.name = node.text;
  return made;
}

KsyNames::MaybeValue KsyNames::special(const KsyObject& object, const KsyNode& node,
                                       const Reading& reading) {
  Value made;
  made.kind = Kind::object;
  if (node.text == "_parent") return parent_of(object, node, reading);
  if (node.text == "_root") {
    const KsyFile* const file = reading.type.file;
    made.object.type = &file->root;
    made.object.place.from = From::root;
    made.object.place.root = roots_.at(file);
    return made;
  }
  if (node.text == "_io") {
    made.kind = Kind::stream;
    made.object = object;
    return made;
  }
  const auto& element = reading.place.element;
  if (node.text == "_" && element && reading.depth == 0) {
    FieldReference place;
    place.from = From::element;
    place.path = element->path;
    if (element->type == nullptr) {
      KsyAttribute one = *element->attribute;
      one.id = element->path;
      one.repeat.reset();
      KsyObject holder;
      holder.place.from = From::element;
      return field_value(holder, one);
    }
    made.object.type = element->type;
    made.object.place = place;
    made.object.holder = std::make_shared<const KsyObject>(reading.place.object);
    return made;
  }
  return fail(ProblemCode::kaitai_unread, node, reading,
              fmt::format("`{}` is not read here", node.text),
              "_parent, _root, _io.eof, _io.pos, and `_` in `repeat-until`");
}

KsyNames::MaybeValue KsyNames::member(const KsyObject& object, const KsyNode& node,
                                      const Reading& reading) {
  if (node.text.starts_with('_')) return special(object, node, reading);
  if (object.type == nullptr) return shared_member(object, node, reading);
  return own_member(object, node, reading);
}

KsyNames::MaybeValue KsyNames::own_member(const KsyObject& object, const KsyNode& node,
                                          const Reading& reading) {
  const KsyType& type = *object.type;
  if (const KsyAttribute* const field = named(type.seq, node.text)) {
    const auto index = static_cast<std::size_t>(field - type.seq.data());
    if (is_own(object) && &type == reading.place.object.type && index >= reading.place.field) {
      return fail(ProblemCode::kaitai_name, node, reading,
                  fmt::format("`{}` is read later", node.text), "a field that stands before");
    }
    return field_value(object, *field);
  }
  if (const KsyAttribute* const instance = named(type.instances, node.text)) {
    return instance_value(object, *instance, node, reading);
  }
  if (const KsyAttribute* const param = named(type.params, node.text)) {
    const auto index = static_cast<std::size_t>(param - type.params.data());
    if (is_own(object) && object.arguments != nullptr && index < object.arguments->size()) {
      Value made;
      made.value = (*object.arguments)[index];
      nodes_ += expression_size(made.value);
      return made;
    }
    return fail(ProblemCode::kaitai_unread, node, reading,
                fmt::format("the parameter `{}` is not known here", node.text),
                "it is given where the type is used");
  }
  std::vector<std::string> names;
  for (const auto* const all : {&type.seq, &type.instances, &type.params}) {
    for (const KsyAttribute& one : *all) names.push_back(one.id);
  }
  return fail(ProblemCode::kaitai_name, node, reading,
              fmt::format("there is no field `{}`", node.text), suggest_name(node.text, names));
}

KsyNames::MaybeValue KsyNames::field_value(const KsyObject& object, const KsyAttribute& field) {
  Value made;
  made.place = below(object.place, field.id);
  if (field.repeat) {
    made.kind = Kind::array;
    return made;
  }
  const bool is_word = field.type && is_ksy_word(field.type->text);
  const bool is_object = field.cases || (field.type && !is_word);
  if (is_object) {
    made.kind = Kind::object;
    made.object.place = below(made.place, ".");
    made.object.holder = std::make_shared<const KsyObject>(object);
    made.object.field = &field;
    if (!field.cases && object.type != nullptr) {
      const auto& use = type_use(*field.type, *object.type->file);
      made.object.type = use ? find_ksy_type(*object.type, use->name) : nullptr;
    }
    return made;
  }
  const bool is_text = !field.type || is_ksy_string(field.type->text);
  made.kind = is_text ? Kind::text : Kind::number;
  made.value = leaf_of(Operator::field, made.place);
  return made;
}

KsyNames::MaybeValue KsyNames::instance_value(const KsyObject& object, const KsyAttribute& instance,
                                              const KsyNode& node, const Reading& reading) {
  if (!instance.value) return bytes_at(object, instance, node, reading);
  if (reading.depth >= kMaxInlining || !open_.insert(&instance).second) {
    return fail(ProblemCode::kaitai_limit, node, reading,
                fmt::format("`{}` is made of itself, or of too many others", instance.id));
  }
  const Reading inner{reading.place, *object.type, reading.depth + 1};
  const auto& text = parsed(*instance.value, *object.type->file);
  auto value = text ? value_of(*text, object, inner) : std::nullopt;
  open_.erase(&instance);
  return value;
}

// `pos: 0` and a whole number, of a type with a size of its own.
KsyNames::MaybeValue KsyNames::bytes_at(const KsyObject& object, const KsyAttribute& instance,
                                        const KsyNode& node, const Reading& reading) {
  const std::string type = instance.type ? instance.type->text : "";
  const bool is_whole = is_ksy_word(type) && (type.front() == 'u') && !instance.repeat;
  const bool has_window = object.field != nullptr && object.field->size && !object.field->repeat;
  const auto offset = instance.pos ? parse_number<std::uint16_t>(instance.pos->text) : std::nullopt;
  const bool is_little =
      type.ends_with("le") || (!type.ends_with("be") && object.type->order == ByteOrder::little);
  if (!is_whole || !has_window || !offset || instance.io) {
    return fail(ProblemCode::kaitai_unread, node, reading,
                fmt::format("`{}` is read from another place than the fields", instance.id),
                "only a whole number at a fixed `pos` of a type with a `size` is read");
  }
  Value made;
  FieldReference place = object.place;
  place.path.pop_back();
  made.value = leaf_of(Operator::first_bytes, place);
  const auto size = static_cast<WideNumber>(type[1] - '0');
  made.value.operands = {number_expression(*offset), number_expression(size),
                         number_expression(is_little ? 1 : 0)};
  return made;
}

KsyNames::MaybeValue KsyNames::parent_of(const KsyObject& object, const KsyNode& node,
                                         const Reading& reading) {
  Value made;
  made.kind = Kind::object;
  const bool is_open = object.type == nullptr && object.field == nullptr;
  if (object.holder != nullptr && !is_open) {
    made.object = *object.holder;
    return made;
  }
  const auto holders = object.type == nullptr ? holders_.end() : holders_.find(object.type);
  if (object.place.from != From::holder || holders == holders_.end()) {
    return fail(ProblemCode::kaitai_name, node, reading, "nothing is known to be around this type");
  }
  made.object.place.levels = object.place.levels + 1;
  made.object.type = holders->second.front().type;
  const bool differ = std::ranges::any_of(
      holders->second, [&](const Holder& one) { return one.type != made.object.type; });
  if (!differ) return made;
  // The types around it are found again by the one that they hold.
  made.object.type = nullptr;
  made.object.field = nullptr;
  KsyObject held;
  held.type = object.type;
  made.object.holder = std::make_shared<const KsyObject>(held);
  return made;
}

// A plain field that all the types around a type have.
KsyNames::MaybeValue KsyNames::shared_member(const KsyObject& object, const KsyNode& node,
                                             const Reading& reading) {
  const bool is_parent = object.field == nullptr && object.holder != nullptr;
  std::vector<Holder> holders;
  if (is_parent) {
    const auto found = holders_.find(object.holder->type);
    if (found != holders_.end()) holders = found->second;
  }
  MaybeValue found;
  for (const Holder& one : holders) {
    const KsyAttribute* const field = named(one.type->seq, node.text);
    KsyObject plain = object;
    plain.holder = nullptr;
    found = field == nullptr ? std::nullopt : field_value(plain, *field);
    if (!found || (found->kind != Kind::number && found->kind != Kind::text)) break;
  }
  if (found && (found->kind == Kind::number || found->kind == Kind::text)) return found;
  return fail(ProblemCode::kaitai_unread, node, reading,
              fmt::format("it is open which type has the `{}` that is meant", node.text),
              "`.as<type>` says which");
}

}  // namespace wireproof
