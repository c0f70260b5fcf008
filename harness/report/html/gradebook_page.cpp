#include <fmt/format.h>

#include "base/text/words.h"
#include "report/html/html.h"
#include "report/html/page.h"
#include "report/report.h"
#include "report/safe_text.h"

namespace wireproof {
namespace {

std::string submission_id(std::size_t index) {
  return fmt::format("submission-{}", index + 1);
}

void put_verdict(pugi::xml_node row, const SubmissionGrade& submission) {
  const bool is_known = is_graded(submission) || !submission.error.empty();
  if (is_known) {
    add_verdict(row, "td", verdict_of(submission));
  } else {
    add(row, "td", render_grade_verdict(submission));
  }
}

void add_overview(pugi::xml_node main, const Gradebook& book) {
  pugi::xml_node rows =
      add_table(main, "Submissions", {"Submission", "Verdict", "Points", "Of", "As set", "Beyond"});
  set(rows, "data-filtered", "");
  for (std::size_t index = 0; index < book.submissions.size(); ++index) {
    const SubmissionGrade& submission = book.submissions[index];
    pugi::xml_node row = add_node(rows, "tr");
    set(row, "data-verdict", render_grade_verdict(submission));
    add_link(add_node(row, "td"), submission_id(index), submission.name);
    put_verdict(row, submission);
    add_number(row, render_grade_points(points_of(submission)));
    add_number(row, render_grade_points(max_points_of(submission)));
    add(row, "td", render_level_count(submission, SheetLevel::exercise));
    add(row, "td", render_level_count(submission, SheetLevel::robust));
  }
}

std::string render_checks(const SheetGrade& sheet) {
  std::string text;
  for (const CheckGrade& check : sheet.checks) {
    text += fmt::format("{}{} {} of {}", text.empty() ? "" : ", ", check.name,
                        render_grade_points(check.points), render_grade_points(check.max_points));
  }
  return text;
}

constexpr std::size_t kNamedSheetsOfThing = 3;

void add_things(pugi::xml_node details, const std::vector<GradedThing>& things) {
  if (things.empty()) return;
  pugi::xml_node list = add_node(details, "ol");
  for (const GradedThing& thing : things) {
    pugi::xml_node item = add(list, "li", one_line(thing.what));
    add(item, "p",
        fmt::format("{}{}in {}: {}", one_line(thing.why), thing.why.empty() ? "" : "; ",
                    counted(thing.sheets.size(), "sheet"),
                    enumerate(thing.sheets, kNamedSheetsOfThing)));
  }
}

void add_submission(pugi::xml_node main, const SubmissionGrade& submission, const std::string& id) {
  pugi::xml_node details = add_node(main, "details");
  set(details, "id", id);
  add(details, "summary",
      fmt::format("{}: {} of {}", one_line(submission.name),
                  render_grade_points(points_of(submission)),
                  render_grade_points(max_points_of(submission))));
  if (!submission.error.empty()) add(details, "p", one_line(submission.error));
  add_things(details, submission.things);
  pugi::xml_node rows = add_table(details, one_line(submission.name),
                                  {"Sheet", "Level", "Verdict", "Points", "Of", "Checks", "Why"});
  for (const SheetGrade& sheet : submission.sheets) {
    pugi::xml_node row = add_node(rows, "tr");
    add(row, "td", one_line(sheet.sheet));
    add(row, "td", sheet.level == SheetLevel::exercise ? "as set" : "beyond");
    add_verdict(row, "td", sheet.verdict);
    add_number(row, render_grade_points(sheet.points));
    add_number(row, render_grade_points(sheet.max_points));
    add(row, "td", one_line(render_checks(sheet)));
    add(row, "td", one_line(sheet.reason));
  }
}

}  // namespace

std::string render_gradebook_html(const Gradebook& book) {
  Page page("Gradebook: " + one_line(book.server), "en");
  pugi::xml_node main = page.main();
  add(main, "p",
      fmt::format("{}, {}, started by", counted(book.submissions.size(), "submission"),
                  counted(book.sheets.size(), "sheet")));
  add(add_node(main, "pre"), "code", one_line(book.command));
  std::set<std::string> verdicts;
  for (const SubmissionGrade& submission : book.submissions) {
    verdicts.insert(render_grade_verdict(submission));
  }
  add_filter(main, verdicts, {});
  add_overview(main, book);
  add(main, "h2", "Sheet by sheet");
  for (std::size_t index = 0; index < book.submissions.size(); ++index) {
    add_submission(main, book.submissions[index], submission_id(index));
  }
  return page.render();
}

}  // namespace wireproof
