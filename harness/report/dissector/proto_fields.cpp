#include "report/dissector/proto_fields.h"

#include <fmt/format.h>

#include "report/dissector/lua_text.h"

namespace wireproof {
namespace {

std::size_t value_bits(const Field& field) {
  const std::size_t bits = field.bits != 0 ? field.bits : field.size * 8;
  for (const std::size_t width : {8U, 16U, 32U}) {
    if (bits <= width) return width;
  }
  return 64;
}

std::string ftype_name(const Field& field) {
  switch (field.type) {
    case FieldType::unsigned_integer:
      return fmt::format("UINT{}", value_bits(field));
    case FieldType::signed_integer:
      return fmt::format("INT{}", value_bits(field));
    case FieldType::floating:
      return field.size == 4 ? "FLOAT" : "DOUBLE";
    case FieldType::text:
      return "STRING";
    case FieldType::bytes:
      return "BYTES";
    case FieldType::layout:
    case FieldType::choice:
      return "NONE";
  }
  return "NONE";
}

bool is_plain(const FieldValue& value) {
  if (const auto* const number = std::get_if<std::uint64_t>(&value))
    return is_plain_number(*number);
  const auto* const number = std::get_if<std::int64_t>(&value);
  return number != nullptr && is_plain_number(*number);
}

// { [0] = "query", [1] = "reply" }; names of values that are no keys are left out.
std::string value_strings(const Field& field) {
  std::vector<std::string> names;
  for (const ValueName& one : field.names) {
    if (!is_plain(one.value)) continue;
    names.push_back(fmt::format("[{}] = {}", render_field_value(one.value), lua_string(one.name)));
  }
  return names.empty() ? "nil" : fmt::format("{{ {} }}", fmt::join(names, ", "));
}

std::string path_name(const std::string& path) {
  std::string name;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('.', begin), path.size());
    name += "." + lua_identifier(std::string_view(path).substr(begin, end - begin));
    begin = end + 1;
  }
  return name;
}

}  // namespace

bool is_wide_number(const Field& field) {
  return is_integer(field) && value_bits(field) == 64;
}

std::size_t ProtoFields::add(const Field& field, const std::string& path) {
  const std::string names = value_strings(field);
  const std::string type = ftype_name(field);
  const std::string kind = fmt::format("{}\n{}\n{}", path, type, names);
  const auto [known, is_new] = known_.emplace(kind, lines_.size() + 1);
  if (!is_new) return known->second;
  const std::string meaning = field.meaning.empty() ? "nil" : lua_string(field.meaning);
  lines_.push_back(fmt::format(
      "protofields[{}] = ProtoField.new({}, {}, ftypes.{}, {}, base.{}, 0, {})\n",
      lines_.size() + 1, lua_string(field.name.empty() ? "_" : field.name),
      lua_string(free_name(path)), type, names, is_integer(field) ? "DEC" : "NONE", meaning));
  return lines_.size();
}

std::string ProtoFields::render() const {
  return fmt::format("{}", fmt::join(lines_, ""));
}

std::string ProtoFields::free_name(const std::string& path) {
  const std::string plain = protocol_ + path_name(path);
  std::string name = plain;
  for (std::size_t i = 2; !names_.insert(name).second; ++i) name = fmt::format("{}_{}", plain, i);
  return name;
}

}  // namespace wireproof
