#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "result/run_result.h"

namespace wireproof {

// The forms in which CI systems and graders take the result of a run. Each is a pure function from
// these values to bytes, in a file of its own; INCONCLUSIVE costs no point in any of them.
struct ReportInput {
  const RunResult& run;
  std::string things;  // what is wrong, each thing once, as plain text; empty: nothing
  // A variable of the environment; empty where it is not set.
  std::function<std::string(const char* name)> environment;
  std::string page{};  // the file of the HTML report of the same run; empty: there is none
};

struct ReportFormat {
  std::string_view option;  // `--report-…`
  std::string_view help;
  std::string (*render)(const ReportInput& input);
};
constexpr std::string_view kHtmlReport = "--report-html";
// In the order in which help lists them.
std::span<const ReportFormat> report_formats();

std::string render_junit(const RunResult& run);
std::string render_tap(const RunResult& run);
std::string render_ctrf(const RunResult& run);
std::string render_gradescope(const ReportInput& input);
std::string render_prairielearn(const ReportInput& input);
std::string render_classroom50(const ReportInput& input);
std::string render_vpl(const ReportInput& input);
// Of `artifacts:reports:codequality`: what is wrong at which line of which sheet. Nothing that is
// beyond the level that decides, and INCONCLUSIVE is an `info`.
std::string render_codequality(const ReportInput& input);
// Of `artifacts:reports:annotations`: links from the job's page to the HTML report and the
// captures.
std::string render_gitlab_links(const ReportInput& input);

// What GitHub draws beside the lines of sheets: at most ten of each level, the worst first, and how
// many more there are.
std::string render_github_annotations(const RunResult& run);

// The outputs of a step, a line each: `verdict` (pass, fail, interrupted, or not-judged where
// something could not be run or judged), `points` and `max_points` as graders get them.
std::string render_github_outputs(const RunResult& run);

// ISO 8601 in UTC without fraction.
std::string render_date_time(Timestamp time);
// Why a sheet came to what it did, on one line.
std::string message_of(const ScenarioResult& result);
// The line of the sheet, from 1, that the failure points at; none: it has no place there.
std::optional<std::size_t> line_of(const Failure& failure);
// That of the first failure with a place; 1: none has.
std::size_t first_line_of(const ScenarioResult& result);
// A UUID that is the same for the same name in every run (version 5, RFC 9562 §5.5).
std::string make_uuid(const std::string& name);

}  // namespace wireproof
