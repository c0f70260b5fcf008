#include "report/formats/format.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "catch.h"
#include "report/sample_run.h"

namespace wireproof {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using Json = nlohmann::json;

std::string no_environment(const char* /*name*/) {
  return "";
}

ScenarioSummary sheet(const std::string& id, Verdict verdict, double points, double max_points) {
  ScenarioSummary summary;
  summary.result.id = id;
  summary.result.file = id + ".md";
  summary.result.verdict = verdict;
  if (verdict != Verdict::pass) summary.result.reason = "a reason";
  summary.result.points = points;
  summary.result.max_points = max_points;
  const Verdict check = verdict == Verdict::pass ? verdict : Verdict::fail;
  summary.result.checks = {
      {CheckKind::packets, "Packets", check, "", {}, "", {}, points, max_points}};
  return summary;
}

// One passed, one with half of its points; 1 and 2 points.
RunResult half_right() {
  RunResult run;
  run.scenarios = {sheet("a", Verdict::pass, 0, 0), sheet("b", Verdict::fail, 1, 2)};
  return run;
}

Json read(std::string (*render)(const ReportInput&), const RunResult& run,
          const std::string& things = "") {
  return Json::parse(render({run, things, no_environment}));
}

std::set<std::string> members(const Json& object) {
  std::set<std::string> names;
  for (const auto& [name, value] : object.items()) names.insert(name);
  return names;
}

}  // namespace

TEST_CASE("every report of a run with hostile text is of its format", "[report]") {
  const RunResult run = sample_run();
  for (const ReportFormat& format : report_formats()) {
    INFO(format.option);
    const std::string text = format.render({run, "--|>\n\x1b[31m::error\xff\n", no_environment});
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find('\xff') == std::string::npos);
    if (text.front() == '{') CHECK(Json::accept(text));
  }
}

TEST_CASE("TAP has a line for each sheet, and says where a failure is", "[report]") {
  const std::string text = render_tap(sample_run());
  CHECK_THAT(text, StartsWith(fmt::format("TAP version 14\n1..{}\nok 1 - calc/one\n",
                                          sample_run().scenarios.size())));
  CHECK_THAT(text, Contains("\nnot ok 2 - calc/two\n  ---\n  message: "));
  CHECK_THAT(text, Contains("\n  at:\n    file: \"scenarios/calc/two.md\"\n    line: "));
  CHECK_THAT(text, Contains(" # SKIP "));
  CHECK_THAT(text, Contains(" # TO"
                            "DO "));
}

TEST_CASE("what TAP takes for a directive or an escape is escaped", "[report]") {
  RunResult run;
  run.scenarios = {sheet("a # SKIP \\ b", Verdict::pass, 0, 0)};
  CHECK(render_tap(run) == "TAP version 14\n1..1\nok 1 - a \\# SKIP \\\\ b\n");
}

TEST_CASE("a TAP run that was broken off says so", "[report]") {
  RunResult run = half_right();
  run.interrupted = true;
  CHECK_THAT(render_tap(run), Contains("\nBail out! interrupted\n"));
}

TEST_CASE("CTRF has the members of its schema and no others", "[report]") {
  const Json report = Json::parse(render_ctrf(sample_run()));
  CHECK(members(report) == std::set<std::string>{"reportFormat", "specVersion", "timestamp",
                                                 "generatedBy", "results"});
  CHECK(report.at("reportFormat") == "CTRF");
  CHECK(report.at("specVersion") == "0.0.0");
  const Json& results = report.at("results");
  CHECK(members(results) == std::set<std::string>{"tool", "summary", "tests", "extra"});
  CHECK(members(results.at("summary")) == std::set<std::string>{"tests", "passed", "failed",
                                                                "skipped", "pending", "other",
                                                                "start", "stop", "duration"});
  const std::set<std::string> known = {"id",        "name",        "status",  "duration", "start",
                                       "stop",      "suite",       "message", "trace",    "line",
                                       "rawStatus", "tags",        "labels",  "filePath", "retries",
                                       "stdout",    "attachments", "steps",   "extra"};
  std::size_t others = 0;
  for (const Json& test : results.at("tests")) {
    for (const std::string& name : members(test)) CHECK(known.contains(name));
    if (test.at("rawStatus") == "INCONCLUSIVE") CHECK(test.at("status") == "other");
    if (test.at("status") == "other") ++others;
  }
  CHECK(results.at("summary").at("other") == others);
  CHECK(others > 0);
}

TEST_CASE("a sheet has the same CTRF id in every run, and no other sheet has it", "[report]") {
  const auto id = [](const std::string& name) {
    RunResult run;
    run.scenarios = {sheet(name, Verdict::pass, 0, 0)};
    return Json::parse(render_ctrf(run)).at("results").at("tests")[0].at("id").get<std::string>();
  };
  CHECK(id("a") == id("a"));
  CHECK(id("a") != id("b"));
  CHECK(id("a").size() == 36);
  CHECK(id("a")[14] == '5');
}

TEST_CASE("graders get the points of a gradebook", "[report]") {
  const Json gradescope = read(render_gradescope, half_right(), "1 thing is wrong");
  CHECK(gradescope.at("tests")[0].at("score") == 1);
  CHECK(gradescope.at("tests")[0].at("status") == "passed");
  CHECK(gradescope.at("tests")[1].at("score") == 1);
  CHECK(gradescope.at("tests")[1].at("max_score") == 2);
  CHECK(gradescope.at("tests")[1].at("status") == "failed");
  CHECK(gradescope.at("output") == "1 thing is wrong");
  const Json prairielearn = read(render_prairielearn, half_right());
  CHECK(prairielearn.at("gradable") == true);
  CHECK(prairielearn.at("score").get<double>() == Approx(2.0 / 3));
  CHECK(render_vpl({half_right(), "", no_environment}) ==
        "<|--\n>b: FAIL: a reason\n--|>\nGrade :=>> 2\n");
  CHECK_THAT(render_vpl({half_right(), "",
                         [](const char* name) {
                           return std::string(name) == "VPL_GRADEMAX" ? "30" : "";
                         }}),
             Contains("\nGrade :=>> 20\n"));
}

TEST_CASE("INCONCLUSIVE costs no point in any grader", "[report]") {
  RunResult run = half_right();
  run.scenarios.push_back(sheet("c", Verdict::inconclusive, 0, 4));
  const Json gradescope = read(render_gradescope, run);
  CHECK_FALSE(gradescope.at("tests")[2].contains("score"));
  CHECK_FALSE(gradescope.at("tests")[2].contains("status"));
  CHECK_THAT(gradescope.at("output").get<std::string>(),
             Contains("c: INCONCLUSIVE: a reason (not judged"));
  const Json prairielearn = read(render_prairielearn, run);
  CHECK(prairielearn.at("gradable") == false);
  CHECK_FALSE(prairielearn.contains("score"));
  const Json classroom = read(render_classroom50, run);
  CHECK(classroom.at("score") == 2);
  CHECK(classroom.at("max-score") == 3);
  CHECK_THAT(render_vpl({run, "", no_environment}), !Contains("Grade :=>>"));
}

TEST_CASE("what is a program's own affair costs points though it was not played", "[report]") {
  RunResult run = half_right();
  run.scenarios.push_back(sheet("c", Verdict::error, 0, 0));
  run.scenarios.back().result.server_failed_to_start = true;
  run.scenarios.push_back(sheet("d", Verdict::skip, 0, 0));
  run.scenarios.back().result.lost_server = true;
  const Json prairielearn = read(render_prairielearn, run);
  CHECK(prairielearn.at("gradable") == true);
  CHECK(prairielearn.at("score").get<double>() == Approx(2.0 / 5));
  const Json classroom = read(render_classroom50, run);
  CHECK(classroom.at("max-score") == 5);
  CHECK(classroom.at("tests")[3].at("passed") == false);
  CHECK_THAT(prairielearn.at("output").get<std::string>(), Contains("c: ERROR: a reason"));
}

TEST_CASE("a run that was broken off is graded by nobody", "[report]") {
  RunResult run;
  run.scenarios = {sheet("a", Verdict::pass, 0, 0)};
  run.interrupted = true;
  CHECK(read(render_prairielearn, run).at("gradable") == false);
  const std::string vpl = render_vpl({run, "", no_environment});
  CHECK_THAT(vpl, !Contains("Grade :=>>"));
  CHECK_THAT(vpl, Contains("interrupted"));
}

TEST_CASE("what is beyond the level that decides fails neither TAP nor CTRF", "[report]") {
  RunResult run = half_right();
  run.decides = SheetLevel::exercise;
  run.scenarios.back().result.level = SheetLevel::robust;
  CHECK_THAT(render_tap(run), Contains("\nnot ok 2 - b # TO"
                                       "DO beyond"));
  CHECK(Json::parse(render_ctrf(run)).at("results").at("summary").at("failed") == 0);
}

TEST_CASE("of much output the last lines are kept, and it is said how many were not", "[report]") {
  RunResult run = half_right();
  for (int i = 0; i < 300; ++i) {
    run.scenarios.front().result.server_output += std::to_string(i) + "\n";
  }
  const Json lines = Json::parse(render_ctrf(run)).at("results").at("tests")[0].at("stdout");
  CHECK(lines.front() == "(100 lines left out)");
  CHECK(lines.back() == "299");
}

TEST_CASE("a long text is cut between two characters", "[report]") {
  std::string things;
  while (things.size() < 70000) things += "äö€";
  const Json report = read(render_gradescope, half_right(), things);
  const std::string output = report.at("output");
  CHECK(output.size() < 66000);
  CHECK(output.find("\xEF\xBF\xBD") == std::string::npos);
  CHECK_THAT(output, Contains("the rest is left out"));
}

TEST_CASE("a sheet that is skipped or beyond the level that decides is worth nothing", "[report]") {
  RunResult run = half_right();
  run.decides = SheetLevel::exercise;
  run.scenarios.push_back(sheet("c", Verdict::skip, 0, 4));
  run.scenarios.push_back(sheet("d", Verdict::fail, 0, 4));
  run.scenarios.back().result.level = SheetLevel::robust;
  const Json gradescope = read(render_gradescope, run);
  for (const std::size_t index : {2U, 3U}) {
    CHECK_FALSE(gradescope.at("tests")[index].contains("score"));
  }
  CHECK(read(render_prairielearn, run).at("gradable") == true);
}

TEST_CASE("Classroom 50 has whole numbers, and what its runner sets", "[report]") {
  RunResult run;
  run.scenarios = {sheet("a", Verdict::fail, 0.5, 1.25)};
  const Json report = Json::parse(render_classroom50(
      {run, "", [](const char* name) { return "submit/" + std::string(name); }}));
  CHECK(members(report) == std::set<std::string>{"schema", "classroom", "assignment",
                                                 "assignment_type", "owner", "submission", "commit",
                                                 "release", "review", "datetime", "score",
                                                 "max-score", "tests"});
  CHECK(report.at("owner") == "submit/OWNER");
  CHECK(report.at("submission") == "submit/SUBMISSION_TAG");
  CHECK(report.at("assignment_type") == "individual");
  CHECK(report.at("datetime") == "1970-01-01T00:00:00Z");
  CHECK(report.at("score") == 2);
  CHECK(report.at("max-score") == 5);
  CHECK(report.at("tests")[0].at("max-score").is_number_integer());
}

TEST_CASE("a step's outputs have one verdict of the whole run", "[report]") {
  RunResult run;
  ScenarioResult result;
  result.verdict = Verdict::pass;
  run.scenarios = {summarize({result})};
  CHECK(render_github_outputs(run) == "verdict=pass\npoints=1\nmax_points=1\n");
  run.scenarios[0].result.verdict = Verdict::inconclusive;
  CHECK(render_github_outputs(run) == "verdict=not-judged\npoints=0\nmax_points=0\n");
  run.interrupted = true;
  CHECK(render_github_outputs(run) == "verdict=interrupted\npoints=0\nmax_points=0\n");
}

TEST_CASE("GitHub gets ten annotations of a level, the worst first, and the count of the rest",
          "[report]") {
  RunResult run;
  for (int i = 0; i < 12; ++i) run.scenarios.push_back(sheet("f", Verdict::fail, 0, 0));
  run.scenarios.push_back(sheet("e", Verdict::error, 0, 0));
  run.scenarios.push_back(sheet("i", Verdict::inconclusive, 0, 0));
  const std::string text = render_github_annotations(run);
  CHECK_THAT(text,
             StartsWith("::error file=e.md,line=1,title=ERROR e::a reason\n::error file=f.md"));
  CHECK_THAT(text, Contains("::error title=wireproof::4 more are in the summary\n"));
  CHECK_THAT(text, Contains("::warning file=i.md,line=1,title=INCONCLUSIVE i::a reason\n"));
  CHECK(std::count(text.begin(), text.end(), '\n') == 11);
}

TEST_CASE("what ends a GitHub command early is escaped", "[report]") {
  RunResult run;
  run.scenarios = {sheet("a,b:c", Verdict::fail, 0, 0)};
  run.scenarios.front().result.reason = "50%\n::error::x";
  CHECK(render_github_annotations(run) ==
        "::error file=a%2Cb%3Ac.md,line=1,title=FAIL a%2Cb%3Ac::50%25 ::error::x\n");
}

}  // namespace wireproof
