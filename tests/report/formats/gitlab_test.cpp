#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "catch.h"
#include "report/formats/format.h"
#include "report/sample_run.h"

namespace wireproof {
namespace {

using GitlabJson = nlohmann::json;

// The environment of a job of GitLab.
std::string job_environment(const char* name) {
  const std::string asked = name;
  if (asked == "CI_JOB_URL") return "https://gitlab.example/group/lab/-/jobs/7";
  return asked == "CI_PROJECT_DIR" ? "/builds/lab" : "";
}

RunResult run_of(Verdict verdict, const std::string& file) {
  ScenarioResult result;
  result.id = "calc/one";
  result.verdict = verdict;
  result.reason = "a reason";
  result.file = file;
  RunResult run;
  run.scenarios = {summarize({result})};
  return run;
}

GitlabJson issues_of(const RunResult& run) {
  return GitlabJson::parse(render_codequality({run, "", job_environment}));
}

}  // namespace

// docs.gitlab.com/ci/testing/code_quality: what each violation must have.
TEST_CASE("GitLab's code quality has a violation for each failure, at its line", "[report]") {
  const GitlabJson issues = issues_of(sample_run());
  std::set<std::string> fingerprints;
  const std::set<std::string> severities = {"info", "minor", "major", "critical", "blocker"};
  for (const GitlabJson& issue : issues) {
    CHECK_FALSE(issue.at("description").get<std::string>().empty());
    CHECK_FALSE(issue.at("check_name").get<std::string>().empty());
    CHECK(severities.contains(issue.at("severity")));
    CHECK(fingerprints.insert(issue.at("fingerprint")).second);
    CHECK(issue.at("location").at("lines").at("begin").get<int>() >= 1);
  }
  const auto failed = std::find_if(issues.begin(), issues.end(), [](const GitlabJson& issue) {
    return issue.at("location").at("path") == "scenarios/calc/two.md";
  });
  REQUIRE(failed != issues.end());
  CHECK(failed->at("location").at("lines").at("begin") == 47);
  CHECK(failed->at("severity") == "major");
  CHECK(failed->at("description") == "calc/two: the server sent [RST, ACK]");
  // Of the sample what did not pass: two, error, unsound, better, often.
  CHECK(issues.size() == 5);
  CHECK(issues_of(sample_run()) == issues);
}

TEST_CASE("what is not judged is an info of GitLab, and what passed or is beyond is nothing",
          "[report]") {
  CHECK(issues_of(run_of(Verdict::inconclusive, "a.md")).at(0).at("severity") == "info");
  CHECK(issues_of(run_of(Verdict::error, "a.md")).at(0).at("severity") == "critical");
  CHECK(issues_of(run_of(Verdict::pass, "a.md")).empty());
  CHECK(issues_of(run_of(Verdict::skip, "a.md")).empty());
  RunResult run = run_of(Verdict::fail, "a.md");
  run.scenarios.push_back(run.scenarios.front());
  run.decides = SheetLevel::exercise;
  run.scenarios.back().result.level = SheetLevel::robust;
  CHECK(issues_of(run).size() == 1);
}

TEST_CASE("GitLab gets paths as the repository has them", "[report]") {
  const auto path_of = [](const std::string& file) {
    return issues_of(run_of(Verdict::fail, file)).at(0).at("location").at("path");
  };
  CHECK(path_of("/builds/lab/sheets/a.md") == "sheets/a.md");
  CHECK(path_of("./sheets/a.md") == "sheets/a.md");
  CHECK(path_of("/elsewhere/a.md") == "/elsewhere/a.md");
}

TEST_CASE("the page of GitLab's job gets links to the report and to what was kept", "[report]") {
  const RunResult run = sample_run();
  const GitlabJson report = GitlabJson::parse(
      render_gitlab_links({run, "", job_environment, "/builds/lab/out/a report.html"}));
  REQUIRE(report.size() == 1);
  const GitlabJson& links = report.at("wireproof");
  REQUIRE(links.size() == 2);
  CHECK(links[0].at("external_link").at("url") ==
        "https://gitlab.example/group/lab/-/jobs/7/artifacts/file/out/a%20report.html");
  CHECK(links[1].at("external_link").at("label") == "FAIL calc/two: packets");
  CHECK(links[1].at("external_link").at("url") ==
        "https://gitlab.example/group/lab/-/jobs/7/artifacts/file/out/calc/two.pcap");
}

TEST_CASE("there are no links where no job or no artifact is", "[report]") {
  const RunResult run = sample_run();
  const auto none = [](const char* /*name*/) { return std::string(); };
  CHECK(GitlabJson::parse(render_gitlab_links({run, "", none, "a.html"})).at("wireproof").empty());
  const RunResult passed = run_of(Verdict::pass, "a.md");
  CHECK(GitlabJson::parse(render_gitlab_links({passed, "", job_environment, "../a.html"}))
            .at("wireproof")
            .empty());
}

}  // namespace wireproof
