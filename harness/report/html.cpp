#include <fmt/format.h>

#include <boost/algorithm/string/erase.hpp>
#include <pugixml.hpp>
#include <sstream>

#include "base/text/bytes.h"
#include "base/text/words.h"
#include "report/report.h"
#include "report/safe_text.h"
#include "report/trace_report.h"

// Pages that open from disk, without a server, a network or JavaScript.

namespace wireproof {
namespace {

// The browser's own colours for either scheme: contrast and printing are its affair.
constexpr const char* kTraceStyle = R"(
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 1.5rem; }
table { border-collapse: collapse; }
th, td { padding: 0.15rem 0.6rem; text-align: left; vertical-align: top; }
th { border-bottom: 2px solid; }
tbody tr:nth-child(even), tbody tr:hover { background: rgb(128 128 128 / 15%); }
.number { text-align: right; font-variant-numeric: tabular-nums; }
code, pre, td { font-family: ui-monospace, monospace; }
pre { white-space: pre-wrap; }
)";

// Verdicts differ in their word; the colour only repeats it.
constexpr const char* kGradebookStyle = R"(
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; }
th, td { border-bottom: 1px solid #8888; padding: .25rem .75rem; text-align: left; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
td.PASS { color: light-dark(#176b2c, #7ee2a0); }
td.FAIL, td.ERROR { color: light-dark(#b3261e, #ffb4ab); }
details { margin: .25rem 0; }
)";

pugi::xml_node add(pugi::xml_node parent, const char* element, const std::string& text) {
  pugi::xml_node node = parent.append_child(element);
  node.append_child(pugi::node_pcdata).set_value(xml_text(text).c_str());
  return node;
}

class Page {
 public:
  Page(const std::string& title, const char* language, const char* style) {
    document_.append_child(pugi::node_doctype).set_value("html");
    pugi::xml_node html = document_.append_child("html");
    html.append_attribute("lang").set_value(language);
    pugi::xml_node head = html.append_child("head");
    head.append_child("meta").append_attribute("charset").set_value("utf-8");
    add(head, "title", title);
    add(head, "style", style);
    body_ = html.append_child("body");
    add(body_, "h1", title);
  }

  pugi::xml_node body() { return body_; }

  std::string render(unsigned flags = 0) const {
    std::ostringstream out;
    document_.save(out, "", pugi::format_raw | pugi::format_no_declaration | flags,
                   pugi::encoding_utf8);
    // An element without an end (HTML §13.1.2), which XML does not know.
    return boost::erase_first_copy(out.str(), "</meta>");
  }

 private:
  pugi::xml_document document_;
  pugi::xml_node body_;
};

// --- a traced run ---

void add_row(pugi::xml_node parent, const char* element, const std::vector<std::string>& cells,
             const TextTable& table) {
  pugi::xml_node row = parent.append_child("tr");
  for (std::size_t i = 0; i < cells.size(); ++i) {
    pugi::xml_node cell = add(row, element, one_line(cells[i]));
    if (i < table.aligns.size() && table.aligns[i] == Align::right) {
      cell.append_attribute("class").set_value("number");
    }
  }
}

void add_table(pugi::xml_node parent, const TextTable& table) {
  pugi::xml_node node = parent.append_child("table");
  add_row(node.append_child("thead"), "th", table.heading, table);
  pugi::xml_node body = node.append_child("tbody");
  for (const auto& row : table.rows) add_row(body, "td", row, table);
}

void add_list(pugi::xml_node parent, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  pugi::xml_node list = parent.append_child("ul");
  for (const std::string& line : lines) add(list, "li", one_line(line));
}

void add_details(pugi::xml_node body, const TraceResult& result, const TraceAnalysis& analysis,
                 const TraceWords& words) {
  add(body, "h2", words.conversations);
  for (const TraceConversation& told : analysis.conversations) {
    pugi::xml_node heading = add(body, "h3", one_line(render_conversation_ends(told)) + " ");
    if (!told.history.empty()) add(heading, "code", told.history);
    add_list(body, told.story);
  }
  if (!result.sockets.empty()) {
    add(body, "h2", words.sockets);
    add_table(body, make_socket_table(result));
  }
  add(body, "h2", words.programs);
  add_list(body, program_lines(result));
  for (const TracedProgram& program : result.programs) {
    if (program.output.empty()) continue;
    add(body, "h3", one_line(program.name) + " " + words.output);
    add(body, "pre", escape_control(program.output));
  }
}

// --- a gradebook ---

// A table's body, under a heading of these names.
pugi::xml_node add_head(pugi::xml_node parent, std::initializer_list<const char*> names) {
  pugi::xml_node table = parent.append_child("table");
  pugi::xml_node row = table.append_child("thead").append_child("tr");
  for (const char* const name : names) add(row, "th", name).append_attribute("scope") = "col";
  return table.append_child("tbody");
}

void add_number(pugi::xml_node row, double points) {
  add(row, "td", render_grade_points(points)).append_attribute("class") = "number";
}

void add_verdict(pugi::xml_node row, const std::string& verdict) {
  add(row, "td", verdict).append_attribute("class") = verdict.c_str();
}

std::string anchor(std::size_t index) {
  return fmt::format("submission-{}", index + 1);
}

void add_overview(Page& page, const Gradebook& book) {
  pugi::xml_node rows =
      add_head(page.body(), {"Submission", "Verdict", "Points", "Of", "As set", "Beyond"});
  for (std::size_t index = 0; index < book.submissions.size(); ++index) {
    const SubmissionGrade& submission = book.submissions[index];
    pugi::xml_node row = rows.append_child("tr");
    pugi::xml_node link = add(row.append_child("td"), "a", one_line(submission.name));
    link.append_attribute("href") = ("#" + anchor(index)).c_str();
    add_verdict(row, render_grade_verdict(submission));
    add_number(row, points_of(submission));
    add_number(row, max_points_of(submission));
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
  pugi::xml_node list = details.append_child("ol");
  for (const GradedThing& thing : things) {
    pugi::xml_node item = add(list, "li", one_line(thing.what));
    add(item, "p",
        fmt::format("{}{}in {}: {}", one_line(thing.why), thing.why.empty() ? "" : "; ",
                    counted(thing.sheets.size(), "sheet"),
                    enumerate(thing.sheets, kNamedSheetsOfThing)));
  }
}

void add_submission(Page& page, const SubmissionGrade& submission, const std::string& id) {
  pugi::xml_node details = page.body().append_child("details");
  details.append_attribute("id") = id.c_str();
  add(details, "summary",
      fmt::format("{}: {} of {}", one_line(submission.name),
                  render_grade_points(points_of(submission)),
                  render_grade_points(max_points_of(submission))));
  if (!submission.error.empty()) add(details, "p", one_line(submission.error));
  add_things(details, submission.things);
  pugi::xml_node rows =
      add_head(details, {"Sheet", "Level", "Verdict", "Points", "Of", "Checks", "Why"});
  for (const SheetGrade& sheet : submission.sheets) {
    pugi::xml_node row = rows.append_child("tr");
    add(row, "td", sheet.sheet);
    add(row, "td", sheet.level == SheetLevel::exercise ? "as set" : "beyond");
    add_verdict(row, render_verdict(sheet.verdict));
    add_number(row, sheet.points);
    add_number(row, sheet.max_points);
    add(row, "td", render_checks(sheet));
    add(row, "td", one_line(sheet.reason));
  }
}

}  // namespace

std::string render_trace_html(const TraceResult& result, const TraceAnalysis& analysis,
                              const TraceReport& report) {
  const TraceWords& words = trace_words(report.language);
  Page page(words.title, report.language == Language::german ? "de" : "en", kTraceStyle);
  const auto& columns = report.columns.empty() ? trace_columns(analysis) : report.columns;
  add_table(page.body(), make_packet_table(analysis.packets, columns, report.language));
  if (!report.table_only) add_details(page.body(), result, analysis, words);
  if (!analysis.soundness.faults.empty()) {
    add(page.body(), "h2", words.doubts);
    add_list(page.body(), analysis.soundness.faults);
  }
  return page.render() + "\n";
}

std::string render_gradebook_html(const Gradebook& book) {
  Page page("Gradebook: " + book.server, "en", kGradebookStyle);
  add(page.body(), "p",
      fmt::format("{} submissions, {} sheets, started by", book.submissions.size(),
                  book.sheets.size()));
  add(page.body().append_child("pre"), "code", one_line(book.command));
  add_overview(page, book);
  add(page.body(), "h2", "Sheet by sheet");
  for (std::size_t index = 0; index < book.submissions.size(); ++index) {
    add_submission(page, book.submissions[index], anchor(index));
  }
  // Blanks between elements would show in what is preformatted.
  return page.render(pugi::format_no_empty_element_tags);
}

}  // namespace wireproof
