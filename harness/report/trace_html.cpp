#include "report/trace_html.h"

#include <pugixml.hpp>
#include <sstream>

#include "base/text/hex.h"
#include "report/safe_text.h"
#include "report/trace_words.h"

namespace wireproof {
namespace {

// The browser's own colours for either scheme: contrast and printing are its affair.
constexpr const char* kStyle = R"(
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

pugi::xml_node add_text(pugi::xml_node parent, const char* element, const std::string& text) {
  pugi::xml_node node = parent.append_child(element);
  node.append_child(pugi::node_pcdata).set_value(xml_text(text).c_str());
  return node;
}

void add_row(pugi::xml_node parent, const char* element, const std::vector<std::string>& cells,
             const TextTable& table) {
  pugi::xml_node row = parent.append_child("tr");
  for (std::size_t i = 0; i < cells.size(); ++i) {
    pugi::xml_node cell = add_text(row, element, one_line(cells[i]));
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
  for (const std::string& line : lines) add_text(list, "li", one_line(line));
}

void add_details(pugi::xml_node body, const TraceResult& result, const TraceAnalysis& analysis,
                 const TraceWords& words) {
  add_text(body, "h2", words.conversations);
  for (const TraceConversation& told : analysis.conversations) {
    pugi::xml_node heading = add_text(body, "h3", one_line(render_conversation_ends(told)) + " ");
    if (!told.history.empty()) add_text(heading, "code", told.history);
    add_list(body, told.story);
  }
  if (!result.sockets.empty()) {
    add_text(body, "h2", words.sockets);
    add_table(body, make_socket_table(result));
  }
  add_text(body, "h2", words.programs);
  std::vector<std::string> lines;
  for (const TracedProgram& program : result.programs) lines.push_back(render_program(program));
  for (const std::string& note : trace_notes(result)) lines.push_back(note);
  add_list(body, lines);
  for (const TracedProgram& program : result.programs) {
    if (program.output.empty()) continue;
    add_text(body, "h3", one_line(program.name) + " " + words.output);
    add_text(body, "pre", escape_control(program.output));
  }
}

}  // namespace

std::string render_trace_html(const TraceResult& result, const TraceAnalysis& analysis,
                              const TraceReport& report) {
  const TraceWords& words = trace_words(report.language);
  pugi::xml_document document;
  document.append_child(pugi::node_doctype).set_value("html");
  pugi::xml_node html = document.append_child("html");
  html.append_attribute("lang").set_value(report.language == Language::german ? "de" : "en");
  pugi::xml_node head = html.append_child("head");
  head.append_child("meta").append_attribute("charset").set_value("utf-8");
  add_text(head, "title", words.title);
  add_text(head, "style", kStyle);
  pugi::xml_node body = html.append_child("body");
  add_text(body, "h1", words.title);
  const auto& columns = report.columns.empty() ? trace_columns() : report.columns;
  add_table(body, make_packet_table(analysis.packets, columns, report.language));
  if (!report.table_only) add_details(body, result, analysis, words);
  if (!analysis.soundness.faults.empty()) {
    add_text(body, "h2", words.doubts);
    add_list(body, analysis.soundness.faults);
  }
  std::ostringstream out;
  document.save(out, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
  return out.str() + "\n";
}

}  // namespace wireproof
