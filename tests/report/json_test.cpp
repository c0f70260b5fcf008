#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "catch.h"
#include "report/report.h"
#include "report/sample_run.h"
#include "session/result_codec.h"
#include "support/golden.h"

namespace wireproof {

namespace {

using Json = nlohmann::json;

Json published_schema() {
  return Json::parse(
      read_golden(std::filesystem::path(WIREPROOF_SOURCE_DIR) / "docs/result.schema.json"));
}

// As much of JSON Schema as the published schema uses; any other keyword is a fault of the schema.
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

  const Json& root_;  // outlives the validator, which is a local of one test
};

std::string validate(const Json& report) {
  const Json schema = published_schema();
  return Validator(schema).check(report, schema, "");
}

RunResult full_run() {
  RunResult run = sample_run();
  SocketCall call;
  call.local = Endpoint{};
  call.returned = Timestamp{};
  run.scenarios.front().result.calls = {call, SocketCall{}};
  run.scenarios.front().result.failures = {
      {Severity::warning, "m", Span{1, 2}, "", {{"why", "because"}}},
      {Severity::error, "m", std::nullopt, "", {}}};
  return run;
}

}  // namespace

TEST_CASE("the JSON report is as its published schema says", "[report]") {
  CHECK(validate(Json::parse(render_json(full_run()))) == "");
  CHECK(validate(Json::parse(render_json(RunResult{}))) == "");
}

TEST_CASE("the published schema refuses a missing, a misfit and an unknown field", "[report]") {
  const Json report = Json::parse(render_json(full_run()));
  Json missing = report;
  missing["run"]["scenarios"][0]["result"].erase("verdict");
  CHECK(validate(missing) == "/run/scenarios/0/result: lacks \"verdict\"");
  Json misfit = report;
  misfit["run"]["scenarios"][0]["result"]["verdict"] = "green";
  CHECK(validate(misfit).starts_with("/run/scenarios/0/result/verdict"));
  Json unknown = report;
  unknown["run"]["scenarios"][0]["color"] = "green";
  CHECK(validate(unknown) == "/run/scenarios/0/color: not in the schema");
}

TEST_CASE("the run of a JSON report reads back as the run that it was", "[report]") {
  const RunResult run = full_run();
  const auto report = nlohmann::ordered_json::parse(render_json(run));
  CHECK(read_run(report.at("run").dump()) == run);
}

TEST_CASE("the JSON report carries the exit code of the run", "[report]") {
  CHECK(Json::parse(render_json(sample_run())).at("exit_code") == exit_code(sample_run()));
}

}  // namespace wireproof
