#include "report/trace_report.h"

#include <fmt/format.h>

#include <cstring>

#include "base/hex.h"
#include "base/text_table.h"
#include "report/mermaid.h"
#include "report/safe_text.h"
#include "report/trace_json.h"

namespace wireproof {
namespace {

// The headings of a report.
struct Words {
  const char* conversations;
  const char* sockets;
  const char* programs;
  const char* output;
  const char* doubts;
};
constexpr Words kEnglish{"What happened", "Sockets at the end", "Programs", "wrote",
                         "The capture is unsound"};
constexpr Words kGerman{"Was geschah", "Sockets am Ende", "Programme", "schrieb",
                        "Die Aufzeichnung ist nicht verlässlich"};

// "exited with code 0".
std::string render_program_end(const TracedProgram& program) {
  std::string text = program.stopped ? "was stopped at the end: " : "";
  if (program.exit_code) return text + fmt::format("exited with code {}", *program.exit_code);
  return text +
         fmt::format("was ended by signal {} ({})", program.signal, ::strsignal(program.signal));
}

TableFormat table_format(TraceFormat format) {
  switch (format) {
    case TraceFormat::markdown:
      return TableFormat::markdown;
    case TraceFormat::csv:
      return TableFormat::csv;
    case TraceFormat::json:
      return TableFormat::json;
    case TraceFormat::text:
    case TraceFormat::mermaid:
      break;
  }
  return TableFormat::text;
}

// Rows are of a sheet: here is none.
std::vector<std::string> default_columns(TableFormat format) {
  if (format == TableFormat::csv || format == TableFormat::json) return {};
  return {"No.", "Time", "From", "To", "Info", "Cause", "Blocked", "Remark"};
}

class Writer {
 public:
  Writer(const TraceResult& result, const TraceAnalysis& analysis, const TraceReport& report)
      : result_(result),
        analysis_(analysis),
        report_(report),
        words_(report.language == Language::german ? kGerman : kEnglish) {}

  std::string write();

 private:
  bool is_markdown() const { return report_.format == TraceFormat::markdown; }
  std::string safe(const std::string& text) const {
    return is_markdown() ? markdown_text(one_line(text)) : one_line(text);
  }
  std::string table(const TextTable& table) const {
    return is_markdown() ? render_markdown_table(table) : render_text_table(table);
  }
  void add_heading(const std::string& heading);
  void add_conversations();
  void add_sockets();
  void add_programs();
  void add_outputs();
  void add_list(const std::string& heading, const std::vector<std::string>& lines);

  const TraceResult& result_;
  const TraceAnalysis& analysis_;
  const TraceReport& report_;
  const Words& words_;
  std::string text_;
};

void Writer::add_heading(const std::string& heading) {
  text_ += is_markdown() ? fmt::format("\n### {}\n\n", heading) : fmt::format("\n{}\n", heading);
}

void Writer::add_list(const std::string& heading, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  add_heading(heading);
  for (const std::string& line : lines) {
    text_ += (is_markdown() ? "- " : "  ") + safe(line) + "\n";
  }
}

void Writer::add_conversations() {
  if (analysis_.conversations.empty()) return;
  add_heading(words_.conversations);
  for (const TraceConversation& told : analysis_.conversations) {
    std::string title =
        fmt::format("{} {} > {} {}", safe(told.client_name), render_endpoint(told.client),
                    safe(told.server_name), render_endpoint(told.server));
    if (!told.history.empty()) {
      title += is_markdown() ? fmt::format(": `{}`", told.history) : ": " + told.history;
    }
    text_ += (is_markdown() ? "- " : "  ") + title + "\n";
    for (const std::string& sentence : told.story) {
      text_ += (is_markdown() ? "  - " : "    ") + safe(sentence) + "\n";
    }
  }
}

// As `ss` prints them.
void Writer::add_sockets() {
  if (result_.sockets.empty()) return;
  add_heading(words_.sockets);
  TextTable sockets{{"Netid", "State", "Recv-Q", "Send-Q", "Local", "Remote"},
                    {Align::left, Align::left, Align::right, Align::right},
                    {}};
  for (const SocketEntry& socket : result_.sockets) {
    const std::string remote = socket.remote.port == 0 ? "*" : render_endpoint(socket.remote);
    sockets.rows.push_back({socket.tcp ? "tcp" : "udp", socket.state,
                            std::to_string(socket.receive_queue), std::to_string(socket.send_queue),
                            render_endpoint(socket.local),
                            is_markdown() ? markdown_text(remote) : remote});
  }
  const std::string lines = table(sockets);
  text_ += is_markdown() ? lines : indented(lines, "  ");
}

void Writer::add_programs() {
  std::vector<std::string> lines;
  for (const TracedProgram& program : result_.programs) {
    lines.push_back(
        fmt::format("{} ({}) {}", program.name, program.command, render_program_end(program)));
  }
  add_list(words_.programs, lines);
  std::vector<std::string> notes = result_.notes;
  if (result_.timed_out) notes.push_back("a client ran still when its time was over");
  if (!result_.connections_ended) notes.push_back("some connections were still open at the end");
  for (const std::string& note : notes) {
    text_ += (is_markdown() ? "- " : "  ") + safe(note) + "\n";
  }
}

void Writer::add_outputs() {
  for (const TracedProgram& program : result_.programs) {
    if (program.output.empty()) continue;
    add_heading(fmt::format("{} {}", safe(program.name), words_.output));
    text_ += indented(escape_control(program.output), is_markdown() ? "    " : "  | ");
  }
}

std::string Writer::write() {
  const TableFormat format = table_format(report_.format);
  text_ = render_packet_table(analysis_.packets, format,
                              report_.columns.empty() ? default_columns(format) : report_.columns,
                              report_.language);
  if (!report_.table_only && report_.format != TraceFormat::csv) {
    add_conversations();
    add_sockets();
    add_programs();
    add_outputs();
  }
  if (report_.format != TraceFormat::csv) add_list(words_.doubts, analysis_.soundness.faults);
  return std::move(text_);
}

}  // namespace

std::string render_trace(const TraceResult& result, const TraceAnalysis& analysis,
                         const TraceReport& report) {
  if (report.format == TraceFormat::json && !report.table_only) {
    return render_trace_json(result, analysis);
  }
  if (report.format == TraceFormat::mermaid) return render_mermaid(analysis.packets);
  return Writer(result, analysis, report).write();
}

}  // namespace wireproof
