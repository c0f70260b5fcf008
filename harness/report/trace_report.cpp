#include "report/trace_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/text/bytes.h"
#include "report/safe_text.h"
#include "result/result_codec.h"

namespace wireproof {
namespace {

constexpr TraceWords kEnglish{"Packets and calls", "What happened", "Sockets at the end",
                              "Programs",          "wrote",         "The capture is unsound"};
constexpr TraceWords kGerman{
    "Pakete und Befehle", "Was geschah", "Sockets am Ende",
    "Programme",          "schrieb",     "Die Aufzeichnung ist nicht verlässlich"};

std::string render_program(const TracedProgram& program) {
  std::string text = fmt::format("{} ({}) ", program.name, program.command);
  if (program.stopped) text += "was stopped at the end: ";
  if (program.exit_code) return text + fmt::format("exited with code {}", *program.exit_code);
  return text +
         fmt::format("was ended by signal {} ({})", program.signal, ::strsignal(program.signal));
}

class Writer {
 public:
  Writer(const TraceResult& result, const TraceAnalysis& analysis, const TraceReport& report)
      : result_(result),
        analysis_(analysis),
        report_(report),
        words_(trace_words(report.language)) {}

  std::string write() {
    const TableFormat format = table_format(report_.format);
    const bool chooses = report_.columns.empty() && report_.format != TraceFormat::csv;
    text_ =
        render_packet_table(analysis_.packets, format,
                            chooses ? trace_columns(analysis_) : report_.columns, report_.language);
    if (report_.format == TraceFormat::csv) return std::move(text_);
    if (!report_.table_only) {
      add_conversations();
      add_sockets();
      add_list(words_.programs, program_lines(result_));
      add_outputs();
    }
    add_list(words_.doubts, analysis_.soundness.faults);
    return std::move(text_);
  }

 private:
  bool is_markdown() const { return report_.format == TraceFormat::markdown; }
  std::string safe(const std::string& text) const {
    return is_markdown() ? markdown_text(one_line(text)) : one_line(text);
  }

  void add_heading(const std::string& heading) {
    text_ += is_markdown() ? fmt::format("\n### {}\n\n", heading) : fmt::format("\n{}\n", heading);
  }

  void add_list(const std::string& heading, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    add_heading(heading);
    for (const std::string& line : lines) {
      text_ += (is_markdown() ? "- " : "  ") + safe(line) + "\n";
    }
  }

  void add_conversations() {
    if (analysis_.conversations.empty()) return;
    add_heading(words_.conversations);
    for (const TraceConversation& told : analysis_.conversations) {
      std::string title = safe(render_conversation_ends(told));
      if (!told.history.empty()) {
        title += is_markdown() ? fmt::format(": `{}`", told.history) : ": " + told.history;
      }
      text_ += (is_markdown() ? "- " : "  ") + title + "\n";
      for (const std::string& sentence : told.story) {
        text_ += (is_markdown() ? "  - " : "    ") + safe(sentence) + "\n";
      }
    }
  }

  void add_sockets() {
    if (result_.sockets.empty()) return;
    add_heading(words_.sockets);
    TextTable sockets = make_socket_table(result_);
    for (auto& row : sockets.rows) {
      for (std::string& cell : row) cell = safe(cell);
    }
    text_ += is_markdown() ? render_table(sockets, TableFormat::markdown)
                           : indented(render_text_table(sockets), "  ");
  }

  void add_outputs() {
    for (const TracedProgram& program : result_.programs) {
      if (program.output.empty()) continue;
      add_heading(fmt::format("{} {}", safe(program.name), words_.output));
      text_ += indented(escape_control(program.output), is_markdown() ? "    " : "  | ");
    }
  }

  const TraceResult& result_;
  const TraceAnalysis& analysis_;
  const TraceReport& report_;
  const TraceWords& words_;
  std::string text_;
};

// The whole run as one object.
std::string render_trace_json(const TraceResult& result, const TraceAnalysis& analysis) {
  using Json = nlohmann::ordered_json;
  Json trace = Json::parse(write_json(result));
  trace.update(Json::parse(write_json(analysis)));
  const Json report{{"format", "wireproof trace"}, {"format_version", 1}, {"trace", trace}};
  return report.dump(1) + "\n";
}

}  // namespace

TableFormat table_format(TraceFormat format) {
  switch (format) {
    case TraceFormat::markdown:
      return TableFormat::markdown;
    case TraceFormat::csv:
      return TableFormat::csv;
    case TraceFormat::json:
      return TableFormat::json;
    case TraceFormat::text:
    case TraceFormat::html:
    case TraceFormat::mermaid:
    case TraceFormat::svg:
      break;
  }
  return TableFormat::text;
}

const TraceWords& trace_words(Language language) {
  return language == Language::german ? kGerman : kEnglish;
}

std::string render_conversation_ends(const TraceConversation& told) {
  const auto render_end = [](const std::string& name, const Endpoint& end) {
    const std::string address = render_endpoint(end);
    return name == address ? address : fmt::format("{} {}", name, address);
  };
  return fmt::format("{} > {}", render_end(told.client_name, told.client),
                     render_end(told.server_name, told.server));
}

std::vector<std::string> program_lines(const TraceResult& result) {
  std::vector<std::string> lines;
  for (const TracedProgram& program : result.programs) lines.push_back(render_program(program));
  lines.insert(lines.end(), result.notes.begin(), result.notes.end());
  if (result.timed_out) lines.push_back("a client ran still when its time was over");
  if (!result.connections_ended) lines.push_back("some connections were still open at the end");
  return lines;
}

TextTable make_socket_table(const TraceResult& result) {
  TextTable table{{"Netid", "State", "Recv-Q", "Send-Q", "Local", "Remote"},
                  {Align::left, Align::left, Align::right, Align::right},
                  {}};
  for (const SocketEntry& socket : result.sockets) {
    table.rows.push_back({socket.tcp ? "tcp" : "udp", socket.state,
                          std::to_string(socket.receive_queue), std::to_string(socket.send_queue),
                          render_endpoint(socket.local),
                          socket.remote.port == 0 ? "*" : render_endpoint(socket.remote)});
  }
  return table;
}

std::vector<std::string> trace_columns(const TraceAnalysis& analysis) {
  std::set<std::pair<std::string, std::string>> programs;
  for (const TraceConversation& told : analysis.conversations) {
    programs.emplace(std::min(told.client_name, told.server_name),
                     std::max(told.client_name, told.server_name));
  }
  std::set<std::int64_t> processes;
  for (const PacketLine& packet : analysis.packets) {
    if (packet.process != 0) processes.insert(packet.process);
  }
  std::vector<std::string> columns{"No.", "Time", "From", "To"};
  if (programs.size() < analysis.conversations.size()) {
    columns.insert(columns.end(), {"Src Port", "Dst Port"});
  }
  if (processes.size() > 1) columns.emplace_back("Process");
  columns.insert(columns.end(), {"Info", "Cause", "Blocked", "Remark"});
  return columns;
}

std::string render_trace(const TraceResult& result, const TraceAnalysis& analysis,
                         const TraceReport& report) {
  if (report.format == TraceFormat::json && !report.table_only) {
    return render_trace_json(result, analysis);
  }
  if (report.format == TraceFormat::mermaid) return render_mermaid(analysis.packets);
  return Writer(result, analysis, report).write();
}

}  // namespace wireproof
