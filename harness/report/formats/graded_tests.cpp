#include "report/formats/graded_tests.h"

#include <fmt/format.h>

#include "base/text/bytes.h"
#include "base/text/utf8.h"
#include "report/formats/format.h"
#include "report/safe_text.h"
#include "result/gradebook.h"

namespace wireproof {
namespace {

using Outcome = GradedTest::Outcome;

Outcome outcome_of(const RunResult& run, const ScenarioResult& result) {
  if (!counts(run, result)) return Outcome::unweighed;
  // What it could not be asked since it had ended is not given to it.
  if (result.verdict == Verdict::skip) {
    return result.lost_server ? Outcome::failed : Outcome::unweighed;
  }
  if (is_good(result.verdict)) return Outcome::passed;
  // A program that does not start is its author's affair, as in a gradebook (is_final).
  const bool is_unknown = result.verdict == Verdict::inconclusive ||
                          (result.verdict == Verdict::error && !result.server_failed_to_start);
  return is_unknown ? Outcome::unjudged : Outcome::failed;
}

}  // namespace

Grading grade_run(const RunResult& run) {
  Grading grading;
  grading.is_whole = !run.interrupted;
  for (const ScenarioSummary& scenario : run.scenarios) {
    const ScenarioResult& result = scenario.result;
    GradedTest test{&result, outcome_of(run, result)};
    const bool is_judged = test.outcome == Outcome::passed || test.outcome == Outcome::failed;
    if (is_judged) {
      test.max_points = result.max_points > 0 ? result.max_points : 1;
      test.points = grade_sheet(result, test.max_points).points;
    }
    grading.points += test.points;
    grading.max_points += test.max_points;
    grading.is_whole = grading.is_whole && test.outcome != Outcome::unjudged;
    grading.tests.push_back(test);
  }
  return grading;
}

std::string describe(const GradedTest& test) {
  const ScenarioResult& result = *test.result;
  const std::string verdict = render_verdict(result.verdict);
  const std::string message = message_of(result);
  std::string text = message == verdict ? verdict : fmt::format("{}: {}", verdict, message);
  if (test.outcome == Outcome::unjudged) text += " (not judged: it costs no points)";
  return text;
}

std::string tell_unjudged(const RunResult& run, const Grading& grading) {
  if (grading.is_whole) return "";
  std::string text;
  if (run.interrupted) text += "The run was interrupted: not every sheet was played.\n";
  for (const GradedTest& test : grading.tests) {
    if (test.outcome != Outcome::unjudged) continue;
    text += fmt::format("{}: {}\n", one_line(test.result->id), describe(test));
  }
  return text;
}

std::string tell_all(const ReportInput& input, const Grading& grading) {
  constexpr std::size_t kMaxText = 65536;  // PrairieLearn takes at most 1 MB; nobody reads as much
  std::string text = input.things;
  for (const GradedTest& test : grading.tests) {
    // What findings tell is told already.
    if (test.outcome != Outcome::failed || !input.things.empty()) continue;
    text += fmt::format("{}: {}\n", one_line(test.result->id), describe(test));
  }
  text += tell_unjudged(input.run, grading);
  if (text.empty()) text = "Nothing wrong was found.\n";
  text = escape_control(text);
  const std::string_view kept = cut_text(text, kMaxText);
  if (kept.size() == text.size()) return text;
  return std::string(kept) + "\n… (the rest is left out)\n";
}

}  // namespace wireproof
