#include <algorithm>
#include <boost/algorithm/string.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "base/text/words.h"
#include "report/formats/format.h"
#include "report/safe_text.h"

// The Common Test Report Format (ctrf.io), specification 0.0.0: no members but those of its schema,
// what is our own stands in `extra`.

namespace wireproof {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostOutputLines = 200;

std::int64_t milliseconds(Duration time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

std::int64_t milliseconds(Timestamp time) {
  return milliseconds(time.time_since_epoch());
}

// What is beyond the level that decides fails nothing.
const char* status_of(const RunResult& run, const ScenarioResult& result) {
  switch (result.verdict) {
    case Verdict::pass:
      return "passed";
    case Verdict::skip:
    case Verdict::xfail:
      return "skipped";
    case Verdict::inconclusive:
      return "other";
    default:
      return counts(run, result) ? "failed" : "other";
  }
}

Json list_steps(const ScenarioResult& result) {
  Json steps = Json::array();
  for (const StepResult& step : result.steps) {
    steps.push_back({{"name", one_line(step.actor + ": " + step.text)},
                     {"status", step.ok ? "passed" : "failed"}});
  }
  return steps;
}

// The last ones: there it says why it ended.
Json list_lines(const std::string& text) {
  std::vector<std::string> lines;
  boost::split(lines, text, boost::is_any_of("\n"));
  if (lines.back().empty()) lines.pop_back();
  Json shown = Json::array();
  const std::size_t left_out = lines.size() - std::min(lines.size(), kMostOutputLines);
  if (left_out > 0) shown.push_back("(" + counted(left_out, "line") + " left out)");
  for (std::size_t i = left_out; i < lines.size(); ++i) shown.push_back(one_line(lines[i]));
  return shown;
}

std::string trace_of(const ScenarioResult& result) {
  std::string text;
  for (const Failure& failure : result.failures) text += failure.rendered + "\n";
  return text;
}

Json write_test(const RunResult& run, const ScenarioResult& result) {
  Json test{{"id", make_uuid(result.id)},
            {"name", one_line(result.id)},
            {"status", status_of(run, result)},
            {"duration", milliseconds(result.lasted)},
            {"start", milliseconds(result.started)},
            {"stop", milliseconds(result.started + result.lasted)},
            {"suite", Json::array({result.server.empty() ? "sheets" : one_line(result.server)})},
            {"rawStatus", render_verdict(result.verdict)},
            {"tags", result.tags},
            {"labels",
             {{"level", result.level == SheetLevel::exercise ? "exercise" : "robust"},
              {"title", one_line(result.title)}}},
            {"filePath", one_line(result.file)},
            {"line", first_line_of(result)},
            {"retries", result.replays},
            {"steps", list_steps(result)},
            {"stdout", list_lines(result.server_output)}};
  if (result.verdict != Verdict::pass) {
    test["message"] = message_of(result);
    test["trace"] = trace_of(result);
  }
  if (!result.capture_file.empty()) {
    test["attachments"] = Json::array({{{"name", "packets"},
                                        {"contentType", "application/vnd.tcpdump.pcap"},
                                        {"path", one_line(result.capture_file)}}});
  }
  test["extra"] = {{"wireproof",
                    {{"history", result.history},
                     {"packets", result.packets.size()},
                     {"points", result.points},
                     {"max_points", result.max_points}}}};
  return test;
}

}  // namespace

std::string render_ctrf(const RunResult& run) {
  std::map<std::string, std::size_t> statuses;
  Json tests = Json::array();
  for (const ScenarioSummary& scenario : run.scenarios) {
    ++statuses[status_of(run, scenario.result)];
    tests.push_back(write_test(run, scenario.result));
  }
  const Json summary{{"tests", run.scenarios.size()},
                     {"passed", statuses["passed"]},
                     {"failed", statuses["failed"]},
                     {"skipped", statuses["skipped"]},
                     {"pending", 0},
                     {"other", statuses["other"]},
                     {"start", milliseconds(run.started)},
                     {"stop", milliseconds(run.started + run.lasted)},
                     {"duration", milliseconds(run.lasted)}};
  const Json report{{"reportFormat", "CTRF"},
                    {"specVersion", "0.0.0"},
                    {"timestamp", render_date_time(run.started + run.lasted) + "Z"},
                    {"generatedBy", "wireproof"},
                    {"results",
                     {{"tool", {{"name", "wireproof"}, {"version", run.version}}},
                      {"summary", summary},
                      {"tests", tests},
                      {"extra", {{"wireproof", {{"interrupted", run.interrupted}}}}}}}};
  return report.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wireproof
