#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "report/formats/format.h"
#include "report/formats/graded_tests.h"
#include "report/safe_text.h"
#include "result/verdict.h"

namespace wireproof {
namespace {

// GitHub keeps no more of a level and step.
constexpr std::size_t kMostAnnotations = 10;

// "%" and line ends as GitHub reads them back; in properties ":" and "," too.
std::string escape_command(std::string_view text, bool is_property) {
  std::string safe;
  for (const char character : text) {
    const bool is_special = character == '%' || character == '\r' || character == '\n' ||
                            (is_property && (character == ':' || character == ','));
    if (is_special) {
      safe += fmt::format("%{:02X}", static_cast<unsigned char>(character));
    } else {
      safe += character;
    }
  }
  return safe;
}

std::string render_annotation(std::string_view command, const ScenarioResult& result) {
  const std::string title =
      fmt::format("{} {}", render_verdict(result.verdict), one_line(result.id));
  return fmt::format("::{} file={},line={},title={}::{}\n", command,
                     escape_command(one_line(result.file), true), first_line_of(result),
                     escape_command(title, true), escape_command(message_of(result), false));
}

std::string_view name_outcome(int code) {
  switch (code) {
    case kExitPassed:
      return "pass";
    case kExitCheckFailed:
      return "fail";
    case kExitInterrupted:
      return "interrupted";
    default:
      return "not-judged";
  }
}

std::string render_level(std::string_view command, std::vector<const ScenarioResult*> results) {
  std::ranges::stable_sort(results, std::greater(), [](const ScenarioResult* result) {
    return traits_of(result->verdict).badness;
  });
  std::string text;
  const bool are_many = results.size() > kMostAnnotations;
  const std::size_t shown = are_many ? kMostAnnotations - 1 : results.size();
  for (std::size_t i = 0; i < shown; ++i) text += render_annotation(command, *results[i]);
  if (are_many) {
    text += fmt::format("::{} title=wireproof::{} more are in the summary\n", command,
                        results.size() - shown);
  }
  return text;
}

}  // namespace

std::string render_github_outputs(const RunResult& run) {
  const Grading grading = grade_run(run);
  return fmt::format("verdict={}\npoints={:g}\nmax_points={:g}\n", name_outcome(exit_code(run)),
                     grading.points, grading.max_points);
}

std::string render_github_annotations(const RunResult& run) {
  std::vector<const ScenarioResult*> errors;
  std::vector<const ScenarioResult*> warnings;
  for (const ScenarioSummary& scenario : run.scenarios) {
    const ScenarioResult& result = scenario.result;
    if (is_good(result.verdict)) continue;
    const bool is_error = result.verdict != Verdict::inconclusive && counts(run, result);
    (is_error ? errors : warnings).push_back(&result);
  }
  return render_level("error", std::move(errors)) + render_level("warning", std::move(warnings));
}

}  // namespace wireproof
