#include <nlohmann/json.hpp>
#include <string>

#include "catch.h"
#include "report/report.h"
#include "report/sample_run.h"
#include "result/result_codec.h"
#include "support/golden.h"
#include "support/json_schema.h"

namespace wireproof {

namespace {

using Json = nlohmann::json;

std::string validate(const Json& report) {
  const Json schema = published_schema("result");
  return find_schema_fault(report, schema);
}

RunResult full_run() {
  RunResult run = sample_run();
  SocketCall call;
  call.local = Endpoint{};
  call.returned = Timestamp{};
  run.scenarios.front().result.calls = {call, SocketCall{}};
  run.scenarios.front().result.failures = {
      {{Severity::warning, "m", Span{1, 2}, "", {{"why", "because"}}}, "warning: m\n"},
      {{Severity::error, "m", std::nullopt, "", {}}, "error: m\n"}};
  return run;
}

}  // namespace

TEST_CASE("the JSON report is as its published schema says", "[report]") {
  CHECK(validate(Json::parse(render_json(full_run()))) == "");
  CHECK(validate(Json::parse(render_json(RunResult{}))) == "");
  RunResult run = full_run();
  ScenarioResult& result = run.scenarios.front().result;
  result.packets.front().fate = PacketFate::corrupted;
  result.checks.front().kind = CheckKind::path;
  result.symptoms = {{CheckKind::path, 0, Mismatch::row, ""}};
  CHECK(validate(Json::parse(render_json(run))) == "");
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
  CHECK(read_json<RunResult>(report.at("run").dump()) == run);
}

TEST_CASE("the JSON report carries the exit code of the run", "[report]") {
  CHECK(Json::parse(render_json(sample_run())).at("exit_code") == exit_code(sample_run()));
}

}  // namespace wireproof
