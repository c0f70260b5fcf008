#include "result/gradebook.h"

#include <algorithm>

namespace wireproof {
namespace {

bool is_judged(const CheckResult& check) {
  return check.verdict == Verdict::pass || check.verdict == Verdict::fail;
}

// What each check is worth, out of what the sheet is worth.
double share_of(const CheckResult& check, const std::vector<CheckResult>& checks, double worth) {
  double row_points = 0;
  for (const CheckResult& other : checks) row_points += other.max_points;
  if (row_points > 0) return worth * check.max_points / row_points;
  return is_judged(check) ? worth / static_cast<double>(std::ranges::count_if(checks, is_judged))
                          : 0;
}

double earned_part(const CheckResult& check) {
  if (check.verdict == Verdict::pass) return 1;
  return check.max_points > 0 && check.verdict == Verdict::fail ? check.points / check.max_points
                                                                : 0;
}

}  // namespace

bool is_final(const SheetGrade& sheet) {
  if (sheet.verdict == Verdict::inconclusive) return false;
  return sheet.verdict != Verdict::error || sheet.server_failed_to_start;
}

bool is_judged(const SheetGrade& sheet) {
  return sheet.verdict != Verdict::skip && is_final(sheet);
}

SheetGrade grade_sheet(const ScenarioResult& result, std::optional<double> given) {
  const double worth = given.value_or(0);
  SheetGrade grade;
  grade.level = result.level;
  grade.counts = given.has_value();
  grade.sheet = result.id;
  grade.verdict = result.verdict;
  grade.reason = result.verdict == Verdict::pass ? "" : result.reason;
  grade.server_failed_to_start = result.server_failed_to_start;
  if (!is_judged(grade)) return grade;
  grade.max_points = worth;
  const bool counts = result.verdict == Verdict::pass || result.verdict == Verdict::fail;
  for (const CheckResult& check : result.checks) {
    const double most = share_of(check, result.checks, worth);
    const double points = counts ? most * earned_part(check) : 0;
    grade.checks.push_back({check.name, check.verdict, points, most});
    grade.points += points;
  }
  // Not a sum of shares, which may be off in the last digit.
  if (result.verdict == Verdict::pass) grade.points = worth;
  return grade;
}

double points_of(const SubmissionGrade& submission) {
  double points = 0;
  for (const SheetGrade& sheet : submission.sheets) points += sheet.points;
  return points;
}

double max_points_of(const SubmissionGrade& submission) {
  double points = 0;
  for (const SheetGrade& sheet : submission.sheets) points += sheet.max_points;
  return points;
}

LevelCount count_level(const SubmissionGrade& submission, SheetLevel level) {
  LevelCount count;
  for (const SheetGrade& sheet : submission.sheets) {
    if (sheet.level != level || sheet.verdict == Verdict::skip) continue;
    ++count.judged;
    if (is_good(sheet.verdict)) ++count.passed;
  }
  return count;
}

bool is_graded(const SubmissionGrade& submission) {
  return !submission.sheets.empty();
}

Verdict verdict_of(const SubmissionGrade& submission) {
  const auto has = [&](Verdict verdict) {
    return std::ranges::any_of(submission.sheets, [verdict](const SheetGrade& sheet) {
      return sheet.counts && sheet.verdict == verdict;
    });
  };
  if (!submission.error.empty() || !is_graded(submission)) return Verdict::error;
  if (has(Verdict::inconclusive)) return Verdict::inconclusive;
  if (has(Verdict::error)) return Verdict::error;
  return has(Verdict::fail) ? Verdict::fail : Verdict::pass;
}

bool is_final(const SubmissionGrade& submission) {
  return std::ranges::all_of(submission.sheets,
                             [](const SheetGrade& sheet) { return is_final(sheet); });
}

}  // namespace wireproof
