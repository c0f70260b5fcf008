#include <fmt/format.h>

#include <pugixml.hpp>
#include <sstream>

#include "report/gradebook_report.h"
#include "report/safe_text.h"

namespace wireproof {
namespace {

// Verdicts differ in their word; the colour only repeats it.
constexpr const char* kStyle = R"(
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { border-bottom: 1px solid #8888; padding: .25rem .75rem; text-align: left; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
td.PASS { color: light-dark(#176b2c, #7ee2a0); }
td.FAIL, td.ERROR { color: light-dark(#b3261e, #ffb4ab); }
details { margin: .25rem 0; }
)";

// Blanks between elements would show in what is preformatted.
constexpr unsigned kFormat =
    pugi::format_raw | pugi::format_no_declaration | pugi::format_no_empty_element_tags;

class Page {
 public:
  explicit Page(const std::string& title) {
    document_.append_child(pugi::node_doctype).set_value("html");
    pugi::xml_node html = document_.append_child("html");
    html.append_attribute("lang") = "en";
    pugi::xml_node head = html.append_child("head");
    head.append_child("meta").append_attribute("charset") = "utf-8";
    add(head, "title", title);
    add(head, "style", kStyle);
    body_ = html.append_child("body");
    add(body_, "h1", title);
  }

  static pugi::xml_node add(pugi::xml_node parent, const char* name, const std::string& text) {
    pugi::xml_node child = parent.append_child(name);
    child.append_child(pugi::node_pcdata).set_value(xml_text(text).c_str());
    return child;
  }

  static pugi::xml_node add_table(pugi::xml_node parent, std::initializer_list<const char*> names) {
    pugi::xml_node table = parent.append_child("table");
    pugi::xml_node row = table.append_child("thead").append_child("tr");
    for (const char* const name : names) add(row, "th", name).append_attribute("scope") = "col";
    return table.append_child("tbody");
  }

  static void add_number(pugi::xml_node row, double points) {
    add(row, "td", render_grade_points(points)).append_attribute("class") = "number";
  }

  static void add_verdict(pugi::xml_node row, const std::string& verdict) {
    add(row, "td", verdict).append_attribute("class") = verdict.c_str();
  }

  pugi::xml_node body() { return body_; }

  std::string render() const {
    std::ostringstream out;
    document_.save(out, " ", kFormat);
    return out.str();
  }

 private:
  pugi::xml_document document_;
  pugi::xml_node body_;
};

std::string anchor(std::size_t index) {
  return fmt::format("submission-{}", index + 1);
}

void add_overview(Page& page, const Gradebook& book) {
  pugi::xml_node rows = Page::add_table(page.body(), {"Submission", "Verdict", "Points", "Of"});
  for (std::size_t index = 0; index < book.submissions.size(); ++index) {
    const SubmissionGrade& submission = book.submissions[index];
    pugi::xml_node row = rows.append_child("tr");
    pugi::xml_node link = Page::add(row.append_child("td"), "a", one_line(submission.name));
    link.append_attribute("href") = ("#" + anchor(index)).c_str();
    Page::add_verdict(row, render_grade_verdict(submission));
    Page::add_number(row, points_of(submission));
    Page::add_number(row, max_points_of(submission));
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

void add_details(Page& page, const SubmissionGrade& submission, const std::string& id) {
  pugi::xml_node details = page.body().append_child("details");
  details.append_attribute("id") = id.c_str();
  Page::add(details, "summary",
            fmt::format("{}: {} of {}", one_line(submission.name),
                        render_grade_points(points_of(submission)),
                        render_grade_points(max_points_of(submission))));
  if (!submission.error.empty()) Page::add(details, "p", one_line(submission.error));
  pugi::xml_node rows =
      Page::add_table(details, {"Sheet", "Verdict", "Points", "Of", "Checks", "Why"});
  for (const SheetGrade& sheet : submission.sheets) {
    pugi::xml_node row = rows.append_child("tr");
    Page::add(row, "td", sheet.sheet);
    Page::add_verdict(row, render_verdict(sheet.verdict));
    Page::add_number(row, sheet.points);
    Page::add_number(row, sheet.max_points);
    Page::add(row, "td", render_checks(sheet));
    Page::add(row, "td", one_line(sheet.reason));
  }
}

}  // namespace

std::string render_gradebook_html(const Gradebook& book) {
  Page page("Gradebook: " + book.server);
  Page::add(page.body(), "p",
            fmt::format("{} submissions, {} sheets, started by", book.submissions.size(),
                        book.sheets.size()));
  Page::add(page.body().append_child("pre"), "code", one_line(book.command));
  add_overview(page, book);
  Page::add(page.body(), "h2", "Sheet by sheet");
  for (std::size_t index = 0; index < book.submissions.size(); ++index) {
    add_details(page, book.submissions[index], anchor(index));
  }
  return page.render();
}

}  // namespace wireproof
