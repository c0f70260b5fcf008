#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/text/utf8.h"
#include "report/formats/format.h"
#include "report/formats/graded_tests.h"
#include "report/safe_text.h"

// What GitLab draws in a merge request and beside a job: code quality (docs.gitlab.com,
// ci/testing/code_quality) and annotations (ci/yaml/artifacts_reports).

namespace wireproof {
namespace {

using Json = nlohmann::ordered_json;

// As the repository has it: below CI_PROJECT_DIR, without "./" before it.
std::string find_repository_path(const ReportInput& input, const std::string& file) {
  std::string_view path = file;
  const std::string project = input.environment("CI_PROJECT_DIR") + "/";
  if (project.size() > 1 && path.starts_with(project)) path.remove_prefix(project.size());
  while (path.starts_with("./")) path.remove_prefix(2);
  return one_line(path);
}

const char* severity_of(Verdict verdict, Severity severity) {
  if (verdict == Verdict::inconclusive) return "info";
  if (verdict == Verdict::error) return "critical";
  return severity == Severity::error ? "major" : "minor";
}

// The checks of GitLab are rules; ours are the verdicts.
Json make_issue(const ScenarioResult& result, const std::string& message, const char* severity) {
  return Json{{"description", fmt::format("{}: {}", one_line(result.id), message)},
              {"check_name", fmt::format("wireproof/{}", render_verdict(result.verdict))},
              {"fingerprint", ""},
              {"severity", severity},
              {"location", {{"path", ""}, {"lines", {{"begin", first_line_of(result)}}}}}};
}

std::vector<Json> list_issues(const ScenarioResult& result) {
  std::vector<Json> issues;
  for (const Failure& failure : result.failures) {
    Json issue = make_issue(result, one_line(failure.diagnostic.message),
                            severity_of(result.verdict, failure.diagnostic.severity));
    if (const auto line = line_of(failure)) issue["location"]["lines"]["begin"] = *line;
    issues.push_back(std::move(issue));
  }
  if (!issues.empty()) return issues;
  return {make_issue(result, message_of(result), severity_of(result.verdict, Severity::error))};
}

// Of the characters of a path those that RFC 3986 §3.3 lets stand.
std::string escape_path(std::string_view path) {
  constexpr std::string_view kPlain = "/-._~";
  std::string escaped;
  for (const char character : path) {
    const bool is_word = (character >= 'a' && character <= 'z') ||
                         (character >= 'A' && character <= 'Z') ||
                         (character >= '0' && character <= '9');
    if (is_word || kPlain.find(character) != std::string_view::npos) {
      escaped += character;
    } else {
      escaped += fmt::format("%{:02X}", static_cast<unsigned char>(character));
    }
  }
  return escaped;
}

}  // namespace

std::string render_codequality(const ReportInput& input) {
  Json issues = Json::array();
  for (const ScenarioSummary& scenario : input.run.scenarios) {
    const ScenarioResult& result = scenario.result;
    const bool is_told = !is_good(result.verdict) && result.verdict != Verdict::skip;
    if (!is_told || !counts(input.run, result)) continue;
    std::size_t number = 0;
    for (Json& issue : list_issues(result)) {
      issue["location"]["path"] = find_repository_path(input, result.file);
      // GitLab shows one of those with one fingerprint, and compares them with the run before.
      issue["fingerprint"] = make_uuid(fmt::format("{}#{}", result.id, number++));
      issues.push_back(std::move(issue));
    }
  }
  return issues.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string render_gitlab_links(const ReportInput& input) {
  // GitLab takes labels of at most 255 characters, and addresses of at most 2048.
  constexpr std::size_t kMaxLabel = 255;
  constexpr std::size_t kMaxAddress = 2048;
  constexpr std::size_t kMostLinks = 100;
  const std::string job = input.environment("CI_JOB_URL");
  Json links = Json::array();
  const auto add = [&](const std::string& label, const std::string& file) {
    const std::string path = find_repository_path(input, file);
    const std::string url = fmt::format("{}/artifacts/file/{}", job, escape_path(path));
    const bool is_artifact = !file.empty() && !path.starts_with('/') && !path.starts_with("../");
    if (!is_artifact || job.empty() || url.size() > kMaxAddress) return;
    if (links.size() == kMostLinks) return;
    links.push_back(
        {{"external_link", {{"label", std::string(cut_text(label, kMaxLabel))}, {"url", url}}}});
  };
  add("wireproof: report", input.page);
  for (const ScenarioSummary& scenario : input.run.scenarios) {
    const ScenarioResult& result = scenario.result;
    add(fmt::format("{} {}: packets", render_verdict(result.verdict), one_line(result.id)),
        result.capture_file);
  }
  const Json report{{"wireproof", links}};
  return report.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wireproof
