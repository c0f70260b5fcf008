#include "support/json_schema.h"

#include <set>

#include "support/golden.h"

namespace wireproof {
namespace {

using Json = nlohmann::json;

class Validator {
 public:
  explicit Validator(const Json& root) : root_(root) {}

  // The first fault with its place, or nothing.
  std::string check(const Json& value, const Json& schema, const std::string& at) const {
    if (schema.is_boolean()) return schema.get<bool>() ? "" : at + ": not allowed";
    for (const auto& [keyword, argument] : schema.items()) {
      const std::string fault = check_keyword(value, schema, keyword, at);
      if (!fault.empty()) return fault;
    }
    return "";
  }

 private:
  std::string check_keyword(const Json& value, const Json& schema, const std::string& keyword,
                            const std::string& at) const {
    static const std::set<std::string> kAnnotations = {
        "$schema", "$defs", "title", "description", "pattern", "prefixItems", "properties"};
    if (kAnnotations.contains(keyword)) return "";
    const Json& argument = schema.at(keyword);
    if (keyword == "$ref") {
      return check(value, root_.at(Json::json_pointer(argument.get<std::string>().substr(1))), at);
    }
    if (keyword == "type") return has_type(value, argument) ? "" : at + ": no " + argument.dump();
    if (keyword == "const") return value == argument ? "" : at + ": not " + argument.dump();
    if (keyword == "minimum") return value >= argument ? "" : at + ": too small";
    if (keyword == "minItems") return value.size() >= argument ? "" : at + ": too short";
    if (keyword == "enum") {
      for (const Json& known : argument) {
        if (value == known) return "";
      }
      return at + ": " + value.dump() + " is not listed";
    }
    if (keyword == "anyOf") {
      for (const Json& choice : argument) {
        if (check(value, choice, at).empty()) return "";
      }
      return at + ": no alternative fits";
    }
    if (keyword == "items") return check_items(value, schema, at);
    if (keyword == "required") {
      for (const Json& name : argument) {
        if (!value.contains(name.get<std::string>())) return at + ": lacks " + name.dump();
      }
      return "";
    }
    if (keyword == "additionalProperties") return check_properties(value, schema, at);
    return at + ": unknown keyword " + keyword;
  }

  std::string check_items(const Json& value, const Json& schema, const std::string& at) const {
    const Json first = schema.value("prefixItems", Json::array());
    for (std::size_t index = 0; index < value.size(); ++index) {
      const Json& item = index < first.size() ? first[index] : schema.at("items");
      const std::string fault = check(value[index], item, at + "/" + std::to_string(index));
      if (!fault.empty()) return fault;
    }
    return "";
  }

  std::string check_properties(const Json& value, const Json& schema, const std::string& at) const {
    for (const auto& [name, member] : value.items()) {
      const std::string place = at + "/" + name;
      if (!schema.at("properties").contains(name)) return place + ": not in the schema";
      const std::string fault = check(member, schema.at("properties").at(name), place);
      if (!fault.empty()) return fault;
    }
    return "";
  }

  static bool has_type(const Json& value, const std::string& type) {
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    return type == value.type_name();
  }

  const Json& root_;  // outlives the validator, a local of one function
};

}  // namespace

Json published_schema(const std::string& name) {
  const std::filesystem::path docs = std::filesystem::path(WIREPROOF_SOURCE_DIR) / "docs";
  return Json::parse(read_golden(docs / (name + ".schema.json")));
}

std::string find_schema_fault(const Json& document, const Json& schema) {
  return Validator(schema).check(document, schema, "");
}

}  // namespace wireproof
