#include "report/formats/graded_tests.h"

#include <fmt/format.h>

#include "report/formats/format.h"
#include "result/gradebook.h"

namespace wireproof {
namespace {

using Outcome = GradedTest::Outcome;

Outcome outcome_of(const RunResult& run, const ScenarioResult& result) {
  if (result.verdict == Verdict::skip || !counts(run, result)) return Outcome::unweighed;
  if (is_good(result.verdict)) return Outcome::passed;
  const bool is_unknown =
      result.verdict == Verdict::inconclusive || result.verdict == Verdict::error;
  return is_unknown ? Outcome::unjudged : Outcome::failed;
}

}  // namespace

Grading grade_run(const RunResult& run) {
  Grading grading;
  for (const ScenarioSummary& scenario : run.scenarios) {
    const ScenarioResult& result = scenario.result;
    GradedTest test{&result, outcome_of(run, result)};
    const bool is_judged = test.outcome == Outcome::passed || test.outcome == Outcome::failed;
    if (is_judged) {
      test.max_points = result.max_points > 0 ? result.max_points : 1;
      test.points = test.outcome == Outcome::passed ? test.max_points
                                                    : grade_sheet(result, test.max_points).points;
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

}  // namespace wireproof
