#include "corpus/random_messages.h"

#include <algorithm>
#include <iterator>

namespace wireproof {

bool RandomMessages::step() {
  if (bytes_.empty() || chance(40)) {
    current_ = first_;
    const auto first = encode(current_);
    if (!first) {
      refusal_ = first.error();
      return false;
    }
    base_ = *first;
  }
  Arguments tried = current_;
  if (chance(12) && tried.size() > first_.size()) {
    auto one = std::next(tried.begin(), static_cast<std::ptrdiff_t>(below(tried.size())));
    if (!first_.contains(one->first)) tried.erase(one);
  } else {
    set_something(base_, tried);
  }
  if (tried == current_) return false;
  auto bytes = encode(tried);
  if (!bytes) {
    refusal_ = bytes.error();
    return false;
  }
  // What was given as a size and is not that of what was given, too, reads as another message.
  Variables variables;
  if (compare_message(message_of(tried), layouts_, variables, *bytes)) {
    ++contradictions_;
    return false;
  }
  current_ = std::move(tried);
  bytes_ = *std::move(bytes);
  base_ = bytes_;
  return true;
}

Message RandomMessages::read_back() const {
  const DecodedLayout read = decode(bytes_);
  Arguments all;
  for (const DecodedField& item : read.fields) {
    if (item.field->type == FieldType::layout || item.field->type == FieldType::choice) continue;
    const ByteView bytes = item.bytes(bytes_);
    std::vector<std::string> values;
    if (is_string(*item.field)) {
      values.emplace_back(as_text(bare_value(*item.field, bytes)));
    } else {
      ByteView rest = bytes;
      while (!rest.empty()) {
        const ByteView one = first_element(*item.field, rest);
        if (one.empty()) break;
        values.push_back(render_field_value(read_value(*item.field, one)));
        rest = rest.subspan(one.size());
      }
    }
    all[item.path] = argument(item.path, values, item.field->is_array);
  }
  return message_of(all);
}

std::string RandomMessages::shown() const {
  std::string text = layout_.name;
  for (const auto& [path, one] : current_) {
    text += " " + path + "=";
    for (const std::string& value : one.values) text += render_quoted(as_bytes(value)) + " ";
  }
  return text;
}

void RandomMessages::set_something(const Bytes& bytes, Arguments& arguments) {
  const DecodedLayout read = decode(bytes);
  std::vector<std::pair<std::string, const Layout*>> holders{{"", &layout_}};
  for (const DecodedField& item : read.fields) {
    const auto nested = layouts_.find(item.field->layout);
    if (nested == layouts_.end()) continue;
    std::string path = item.path;
    if (item.field->is_array) {
      path += "[" + std::to_string(below(item.count + 1)) + "]";
    }
    holders.emplace_back(path + ".", &nested->second);
  }
  const auto& [prefix, holder] = holders[below(holders.size())];
  set_inside(prefix, *holder, arguments, 0);
}

void RandomMessages::set_inside(const std::string& prefix, const Layout& holder,
                                Arguments& arguments, std::size_t depth) {
  if (holder.fields.empty() || depth > 5) return;
  const Field* field = &holder.fields[below(holder.fields.size())];
  if (field->type == FieldType::choice) field = &field->cases[below(field->cases.size())].field;
  const std::string path = prefix + field->name;
  const auto nested = layouts_.find(field->layout);
  if (field->type == FieldType::layout) {
    if (nested == layouts_.end()) return;
    set_inside(path + (field->is_array ? "[0]." : "."), nested->second, arguments, depth + 1);
    return;
  }
  if (is_string(*field)) {
    arguments[path] = argument(path, {text(*field)}, false);
    return;
  }
  std::vector<std::string> values;
  const std::uint64_t count = field->is_array ? below(4) : 1;
  for (std::uint64_t i = 0; i < count; ++i) values.push_back(number(*field));
  if (counters_.contains(field->name) && chance(2)) return;
  arguments[path] = argument(path, values, field->is_array);
}

void RandomMessages::find_counters(const Field& field) {
  for (const Expression* const one : expressions_of(field)) {
    for (const Expression* const leaf : leaves_of(*one)) {
      counters_.insert(leaf->field.path.substr(leaf->field.path.rfind('.') + 1));
    }
  }
}

std::string RandomMessages::text(const Field& field) {
  std::uint64_t size = below(9);
  if (const auto* const fixed = std::get_if<CountFixed>(&field.count)) {
    size = field.padding ? below(fixed->count + 1) : fixed->count;
  }
  if (const auto* const rule = std::get_if<ValueOneOf>(&field.rule)) {
    return std::string(as_text(std::get<Bytes>(rule->values.front())));
  }
  std::string value;
  for (std::uint64_t i = 0; i < size; ++i) {
    value += static_cast<char>(field.padding || chance(2) ? 'a' + below(26) : 1 + below(40));
  }
  const auto* const until = std::get_if<CountUntil>(&field.count);
  std::erase_if(value, [&](char one) {
    return until != nullptr && static_cast<std::uint8_t>(one) == until->terminator.front();
  });
  return value;
}

std::string RandomMessages::number(const Field& field) {
  if (const auto* const rule = std::get_if<ValueOneOf>(&field.rule)) {
    return render_field_value(rule->values[below(rule->values.size())]);
  }
  if (!field.names.empty() && !chance(3)) {
    return render_field_value(field.names[below(field.names.size())].value);
  }
  if (field.type == FieldType::floating) return std::to_string(below(1000)) + ".25";
  const std::size_t bits = field.bits != 0 ? field.bits : field.size * 8;
  const std::uint64_t most = ~std::uint64_t{0} >> (64 - bits);
  const std::uint64_t value = chance(3) && (bits <= 8 || !counters_.contains(field.name))
                                  ? engine_() & most
                                  : std::min(below(24), most);
  if (field.type == FieldType::unsigned_integer) return std::to_string(value);
  const auto half = static_cast<std::int64_t>(value & (most >> 1));
  return std::to_string(chance(4) ? -half : half);
}

}  // namespace wireproof
