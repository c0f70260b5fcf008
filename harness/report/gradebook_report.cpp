#include "report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "base/text/text_table.h"
#include "base/text/words.h"
#include "report/safe_text.h"

// The gradebook as text, CSV and JSON.

namespace wireproof {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxNamedSheets = 3;
constexpr const char* kNotGraded = "not graded";

// What is to be said about it in one line: why it is none, what is wrong, or where it lost points.
std::string render_remark(const SubmissionGrade& submission) {
  if (!submission.error.empty()) return one_line(submission.error);
  if (!submission.things.empty()) {
    const GradedThing& first = submission.things.front();
    const std::size_t others = submission.things.size() - 1;
    return fmt::format("{} ({}){}", one_line(first.what), counted(first.sheets.size(), "sheet"),
                       others == 0 ? "" : fmt::format(", and {}", counted(others, "other thing")));
  }
  std::vector<std::string> lost;
  for (const SheetGrade& sheet : submission.sheets) {
    if (sheet.points < sheet.max_points) lost.push_back(one_line(sheet.sheet));
  }
  return enumerate(lost, kMaxNamedSheets);
}

Json write_check(const CheckGrade& check) {
  return Json{{"name", check.name},
              {"verdict", render_verdict(check.verdict)},
              {"points", check.points},
              {"max_points", check.max_points}};
}

Json write_sheet(const SheetGrade& sheet) {
  Json checks = Json::array();
  for (const CheckGrade& check : sheet.checks) checks.push_back(write_check(check));
  return Json{{"sheet", one_line(sheet.sheet)},
              {"level", sheet.level == SheetLevel::exercise ? "exercise" : "robust"},
              {"counts", sheet.counts},
              {"verdict", render_verdict(sheet.verdict)},
              {"reason", one_line(sheet.reason)},
              {"points", sheet.points},
              {"max_points", sheet.max_points},
              {"checks", checks}};
}

Json write_thing(const GradedThing& thing) {
  return Json{{"explanation", std::string(explanation_name(thing.explanation))},
              {"what", one_line(thing.what)},
              {"why", one_line(thing.why)},
              {"sheets", thing.sheets}};
}

Json write_count(LevelCount count) {
  return Json{{"passed", count.passed}, {"judged", count.judged}};
}

Json write_grade(const SubmissionGrade& submission) {
  Json sheets = Json::array();
  for (const SheetGrade& sheet : submission.sheets) sheets.push_back(write_sheet(sheet));
  Json things = Json::array();
  for (const GradedThing& thing : submission.things) things.push_back(write_thing(thing));
  return Json{{"name", one_line(submission.name)},
              {"verdict", render_grade_verdict(submission)},
              {"points", points_of(submission)},
              {"max_points", max_points_of(submission)},
              {"exercise", write_count(count_level(submission, SheetLevel::exercise))},
              {"robust", write_count(count_level(submission, SheetLevel::robust))},
              {"error", one_line(submission.error)},
              {"wrong", things},
              {"sheets", sheets}};
}

}  // namespace

std::string render_grade_verdict(const SubmissionGrade& submission) {
  const bool is_known = is_graded(submission) || !submission.error.empty();
  return is_known ? render_verdict(verdict_of(submission)) : kNotGraded;
}

std::string render_grade_points(double points) {
  std::string text = fmt::format("{:.2f}", points);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string render_level_count(const SubmissionGrade& submission, SheetLevel level) {
  const LevelCount count = count_level(submission, level);
  return fmt::format("{} of {}", count.passed, count.judged);
}

std::string render_gradebook_text(const Gradebook& book) {
  TextTable table{{"Submission", "Verdict", "Points", "Of", "As set", "Beyond", "What is wrong"},
                  {Align::left, Align::left, Align::right, Align::right, Align::right, Align::right,
                   Align::left},
                  {}};
  std::map<std::string, std::size_t> counts;
  for (const SubmissionGrade& submission : book.submissions) {
    ++counts[render_grade_verdict(submission)];
    table.rows.push_back(
        {one_line(submission.name), render_grade_verdict(submission),
         render_grade_points(points_of(submission)), render_grade_points(max_points_of(submission)),
         render_level_count(submission, SheetLevel::exercise),
         render_level_count(submission, SheetLevel::robust), render_remark(submission)});
  }
  std::string text = render_text_table(table) + "\n";
  text += fmt::format("{} submissions, {} sheets:", book.submissions.size(), book.sheets.size());
  const char* separator = " ";
  for (const auto& [verdict, count] : counts) {
    text += fmt::format("{}{} {}", separator, count, verdict);
    separator = ", ";
  }
  return text + "\n";
}

std::string render_gradebook_csv(const Gradebook& book) {
  TextTable table{
      {"submission", "verdict", "points", "max points", "as set", "beyond", "error"}, {}, {}};
  std::ranges::transform(book.sheets, std::back_inserter(table.heading), one_line);
  for (const SubmissionGrade& submission : book.submissions) {
    std::vector<std::string> row{formula_free(one_line(submission.name)),
                                 render_grade_verdict(submission),
                                 render_grade_points(points_of(submission)),
                                 render_grade_points(max_points_of(submission)),
                                 render_level_count(submission, SheetLevel::exercise),
                                 render_level_count(submission, SheetLevel::robust),
                                 formula_free(one_line(submission.error))};
    for (const SheetGrade& sheet : submission.sheets) {
      const bool has_points = is_judged(sheet) && sheet.counts;
      row.push_back(has_points     ? render_grade_points(sheet.points)
                    : sheet.counts ? ""
                                   : render_verdict(sheet.verdict));
    }
    table.rows.push_back(std::move(row));
  }
  return render_table(table, TableFormat::csv);
}

std::string render_gradebook_json(const Gradebook& book) {
  Json submissions = Json::array();
  for (const SubmissionGrade& submission : book.submissions) {
    submissions.push_back(write_grade(submission));
  }
  Json sheets = Json::array();
  for (const std::string& sheet : book.sheets) sheets.push_back(one_line(sheet));
  const Json json{
      {"format", "wireproof gradebook"},   {"format_version", 1}, {"server", book.server},
      {"command", one_line(book.command)}, {"sheets", sheets},    {"submissions", submissions}};
  return json.dump(1) + "\n";
}

}  // namespace wireproof
