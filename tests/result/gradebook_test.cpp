#include "result/gradebook.h"

#include "catch.h"
#include "result/result_codec.h"

namespace wireproof {
namespace {

ScenarioResult result_of(Verdict verdict, std::vector<CheckResult> checks) {
  ScenarioResult result;
  result.id = "calc/one";
  result.verdict = verdict;
  result.reason = "because";
  result.checks = std::move(checks);
  return result;
}

CheckResult check_of(const std::string& name, Verdict verdict, double points = 0,
                     double max_points = 0) {
  CheckResult check;
  check.name = name;
  check.verdict = verdict;
  check.points = points;
  check.max_points = max_points;
  return check;
}

SubmissionGrade submission_of(const std::vector<Verdict>& verdicts) {
  SubmissionGrade submission;
  submission.name = "anna";
  for (const Verdict verdict : verdicts) {
    submission.sheets.push_back(grade_sheet(result_of(verdict, {}), 2));
  }
  return submission;
}

}  // namespace

TEST_CASE("the checks of a sheet share its points equally where its rows have none", "[session]") {
  const SheetGrade grade =
      grade_sheet(result_of(Verdict::fail,
                            {check_of("Session", Verdict::pass), check_of("Packets", Verdict::fail),
                             check_of("Sockets", Verdict::skip)}),
                  4);
  CHECK(grade.points == 2);
  CHECK(grade.max_points == 4);
  CHECK(grade.reason == "because");
  REQUIRE(grade.checks.size() == 3);
  CHECK(grade.checks[0].points == 2);
  CHECK(grade.checks[1].max_points == 2);
  CHECK(grade.checks[2].max_points == 0);
}

TEST_CASE("rows with points of their own share the sheet's points", "[session]") {
  const SheetGrade grade = grade_sheet(
      result_of(Verdict::fail,
                {check_of("Session", Verdict::fail), check_of("Packets", Verdict::fail, 3, 4)}),
      8);
  CHECK(grade.points == 6);
}

TEST_CASE("a sheet that passed has all its points, one that was not judged has none", "[session]") {
  const std::vector<CheckResult> checks{check_of("a", Verdict::pass), check_of("b", Verdict::pass),
                                        check_of("c", Verdict::pass)};
  CHECK(grade_sheet(result_of(Verdict::pass, checks), 1).points == 1);
  CHECK(grade_sheet(result_of(Verdict::inconclusive, checks), 1).points == 0);
  CHECK(grade_sheet(result_of(Verdict::skip, {}), 1).max_points == 0);
}

TEST_CASE("what is not the program's affair costs it no points, that it does not start does",
          "[session]") {
  const std::vector<CheckResult> checks{check_of("a", Verdict::pass)};
  CHECK(grade_sheet(result_of(Verdict::inconclusive, checks), 1).max_points == 0);
  ScenarioResult error = result_of(Verdict::error, {});
  CHECK(grade_sheet(error, 1).max_points == 0);
  error.server_failed_to_start = true;
  CHECK(grade_sheet(error, 1).max_points == 1);
  CHECK(grade_sheet(error, 1).points == 0);
}

TEST_CASE("a submission's verdict is that of its worst sheet", "[session]") {
  CHECK(verdict_of(submission_of({Verdict::pass, Verdict::skip})) == Verdict::pass);
  CHECK(verdict_of(submission_of({Verdict::pass, Verdict::fail})) == Verdict::fail);
  CHECK(verdict_of(submission_of({Verdict::fail, Verdict::error})) == Verdict::error);
  CHECK(verdict_of(submission_of({Verdict::error, Verdict::inconclusive})) ==
        Verdict::inconclusive);
  CHECK_FALSE(is_graded(submission_of({})));
  CHECK(max_points_of(submission_of({Verdict::pass, Verdict::skip, Verdict::fail})) == 4);
}

TEST_CASE("a grade that was written is read back, and nothing else is", "[session]") {
  SubmissionGrade grade = submission_of({Verdict::pass, Verdict::fail});
  grade.sheets[1].checks.push_back({"Session", Verdict::fail, 0.5, 1});
  const std::string text = write_json(grade);
  CHECK(read_json<SubmissionGrade>(text) == grade);
  CHECK_THROWS(read_json<SubmissionGrade>(text.substr(0, text.size() - 1)));
  CHECK_THROWS(read_json<SubmissionGrade>("{}"));
}

TEST_CASE("a grade is final where every verdict is the program's affair", "[session]") {
  CHECK(is_final(submission_of({Verdict::pass, Verdict::fail, Verdict::skip})));
  CHECK_FALSE(is_final(submission_of({Verdict::pass, Verdict::inconclusive})));
  CHECK_FALSE(is_final(submission_of({Verdict::error, Verdict::pass})));
  ScenarioResult unstarted = result_of(Verdict::error, {});
  unstarted.server_failed_to_start = true;
  SubmissionGrade submission = submission_of({Verdict::pass});
  submission.sheets.push_back(grade_sheet(unstarted, 2));
  CHECK(is_final(submission));
  CHECK(is_final(read_json<SubmissionGrade>(write_json(submission))));
}

TEST_CASE("a sheet that does not count has no points and no say in the verdict", "[session]") {
  ScenarioResult beyond = result_of(Verdict::fail, {check_of("Session", Verdict::fail)});
  beyond.level = SheetLevel::robust;
  SubmissionGrade submission = submission_of({Verdict::pass});
  submission.sheets.push_back(grade_sheet(beyond, std::nullopt));
  CHECK(verdict_of(submission) == Verdict::pass);
  CHECK(max_points_of(submission) == 2);
  CHECK(count_level(submission, SheetLevel::exercise) == LevelCount{1, 1});
  CHECK(count_level(submission, SheetLevel::robust) == LevelCount{0, 1});
  CHECK(read_json<SubmissionGrade>(write_json(submission)) == submission);
  submission.sheets.back() = grade_sheet(beyond, 2);
  CHECK(verdict_of(submission) == Verdict::fail);
  CHECK(max_points_of(submission) == 4);
}

}  // namespace wireproof
