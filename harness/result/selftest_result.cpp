#include "result/selftest_result.h"

#include <algorithm>

namespace wireproof {
namespace {

bool is_unjudged(const TrialSheet& sheet) {
  return sheet.verdict == Verdict::error || sheet.verdict == Verdict::inconclusive;
}

bool is_skipped(const TrialSheet& sheet) {
  return sheet.verdict == Verdict::skip;
}

bool is_failed_sheet(const TrialSheet& sheet) {
  return sheet.verdict == Verdict::fail || sheet.verdict == Verdict::xpass;
}

TrialVerdict judge_fault(const TrialOutcome& outcome) {
  const auto& sheets = outcome.sheets;
  const auto catches_it = [&](const TrialSheet& sheet) { return catches(sheet, outcome.trial); };
  if (std::ranges::any_of(sheets, catches_it)) {
    return TrialVerdict::caught;
  }
  if (std::ranges::any_of(sheets, is_failed_sheet)) return TrialVerdict::unexplained;
  if (std::ranges::any_of(sheets, is_unjudged)) return TrialVerdict::unjudged;
  return TrialVerdict::survived;
}

}  // namespace

bool catches(const TrialSheet& sheet, const Trial& trial) {
  const bool is_any = trial.explanation == ExplanationId::none;
  return is_failed_sheet(sheet) &&
         (is_any ||
          std::ranges::find(sheet.explanations, trial.explanation) != sheet.explanations.end());
}

TrialVerdict judge_trial(const TrialOutcome& outcome) {
  const auto& sheets = outcome.sheets;
  // Nothing was played, or there was nothing to play.
  if (std::ranges::all_of(sheets, is_skipped)) return TrialVerdict::unjudged;
  if (outcome.trial.kind == TrialKind::fault) return judge_fault(outcome);
  if (std::ranges::any_of(sheets, is_failed_sheet)) return TrialVerdict::flagged;
  if (std::ranges::any_of(sheets, is_unjudged)) return TrialVerdict::unjudged;
  return TrialVerdict::clean;
}

bool proves_suite(TrialVerdict verdict) {
  return verdict == TrialVerdict::caught || verdict == TrialVerdict::clean;
}

std::vector<const TrialSheet*> telling_sheets(const TrialOutcome& outcome) {
  const TrialVerdict verdict = judge_trial(outcome);
  std::vector<const TrialSheet*> telling;
  for (const TrialSheet& sheet : outcome.sheets) {
    const bool tells =
        verdict == TrialVerdict::caught ? catches(sheet, outcome.trial) : !is_good(sheet.verdict);
    if (tells) telling.push_back(&sheet);
  }
  return telling;
}

TrialSheet summarize_sheet(const ScenarioResult& result) {
  TrialSheet sheet;
  sheet.id = result.id;
  sheet.verdict = result.verdict;
  sheet.reason = result.reason;
  sheet.replays = result.replays;
  if (!result.symptoms.empty()) sheet.symptom = result.symptoms.front();
  for (const Failure& failure : result.failures) {
    const ExplanationId cause = failure.diagnostic.explanation;
    const bool known = cause == ExplanationId::none ||
                       std::ranges::find(sheet.explanations, cause) != sheet.explanations.end();
    if (!known) sheet.explanations.push_back(cause);
  }
  return sheet;
}

}  // namespace wireproof
