#include "cli/record/record_calls.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text/text_table.h"
#include "cli/record/table_line.h"
#include "expect/calls/match_calls.h"
#include "judge/call_sockets.h"

namespace wireproof {
namespace {

// As far as it says whose connections there are: our own clients have logged theirs.
Evidence evidence_of(const ScenarioResult& result) {
  Evidence evidence;
  evidence.played.calls = result.calls;
  for (const SocketCall& call : result.calls) {
    if (call.side != Side::client || !call.local || !call.remote) continue;
    const ActorEndpoint actor{call.actor, *call.local, !call.udp};
    if (std::ranges::find(evidence.played.actors, actor) != evidence.played.actors.end()) continue;
    evidence.played.actors.push_back(actor);
    evidence.tcp_port = call.remote->port;
    evidence.udp_port = call.remote->port;
  }
  return evidence;
}

// What a row of the call says in a column; the port is the server's.
std::string recorded_cell(const SocketCall& call, const SocketNames& names,
                          const std::string& column) {
  if (column == "Call") return call.child != 0 ? "fork" : call.name;
  if (column == "Socket") return sockets_of(call, names).front();
  if (column != "Arguments") return "";
  return call.name == "bind" ? "port=server" : render_call_arguments(call);
}

// Free ones are not written, but for options.
bool is_recorded(const SocketCall& call) {
  return !is_free(call) || (call.name == "setsockopt" && call.result == 0);
}

class CallTableEditor {
 public:
  CallTableEditor(const Scenario& scenario, const CallTable& table, const JudgedCalls& judged)
      : scenario_(scenario), table_(table), judged_(judged) {
    for (const PlacedCallRow& placed : table.rows) rows_.push_back(placed.row);
    for (CallRow& row : rows_) row.arguments.server_port = false;
    match_ = match_calls(rows_, judged.calls, judged.names);
  }

  bool is_right() const { return match_.matched || match_.gave_up; }

  // From the first row's line to behind the last one's.
  Span span() const {
    const SourceText& source = scenario_.source;
    const std::size_t first = source.position(table_.rows.front().place.row.begin).line;
    const std::size_t end = source.text().find('\n', table_.rows.back().place.row.end);
    return {source.line_start(first), end == std::string::npos ? source.text().size() : end + 1};
  }

  std::string text() const {
    std::set<std::size_t> waiting = calls_without_row();
    std::string text;
    for (const CallRowMatch& row : match_.rows) {
      if (row.state != CallRowState::met && row.state != CallRowState::open) continue;
      const std::size_t until = row.calls.empty() ? 0 : row.calls.front();
      while (!waiting.empty() && *waiting.begin() < until) {
        text += new_line(*waiting.begin());
        waiting.erase(waiting.begin());
      }
      const auto begin = table_.rows[row.row].place.row.begin;
      const std::size_t line = scenario_.source.position(begin).line;
      text += std::string(scenario_.source.line_text(line)) + "\n";
    }
    for (const std::size_t call : waiting) text += new_line(call);
    return text;
  }

 private:
  // Left over, or in the place of a row that goes.
  std::set<std::size_t> calls_without_row() const {
    std::set<std::size_t> calls(match_.extra.begin(), match_.extra.end());
    for (const CallRowMatch& row : match_.rows) {
      if (row.state == CallRowState::differs) calls.insert(row.calls.begin(), row.calls.end());
    }
    return calls;
  }

  // The table's own columns, in their order; cells that mean nothing to the language are empty.
  std::string new_line(std::size_t call) const {
    const RowPlace& first = table_.rows.front().place;
    const std::string& text = scenario_.source.text();
    const std::string model = text.substr(first.row.begin, first.row.end - first.row.begin);
    std::vector<std::size_t> bars = find_bars(model);
    if (!model.ends_with('|')) bars.push_back(model.size());
    std::string line = "|";
    std::size_t begin = 0;
    for (const std::size_t bar : bars) {
      if (bar == 0) continue;
      line += " " + new_cell(call, first.row.begin + begin, first.row.begin + bar) + " |";
      begin = bar;
    }
    return line + "\n";
  }

  // Of the column whose cell lies there in the first row.
  std::string new_cell(std::size_t call, std::size_t begin, std::size_t end) const {
    for (const auto& [column, span] : table_.rows.front().place.cells) {
      if (span.begin < begin || span.begin > end) continue;
      return recorded_cell(judged_.calls[call], judged_.names, column);
    }
    return "";
  }

  const Scenario& scenario_;  // these outlive the editor
  const CallTable& table_;
  const JudgedCalls& judged_;
  std::vector<CallRow> rows_;
  CallMatch match_;
};

// A table that names all sockets, for one that is to be made.
CallTable whole_table() {
  CallTable table;
  table.actor = "server";
  for (const std::string& socket : call_sockets()) {
    PlacedCallRow& placed = table.rows.emplace_back();
    placed.row.anything = true;
    placed.row.socket = socket;
  }
  return table;
}

std::string new_section(const Evidence& evidence) {
  const std::vector<JudgedCalls> selected = select_calls(whole_table(), evidence);
  if (selected.empty()) return "";
  const JudgedCalls& judged = selected.front();
  TextTable table{{"Call", "Socket", "Arguments"}, {}, {}};
  for (const SocketCall& call : judged.calls) {
    if (sockets_of(call, judged.names).empty() || !is_recorded(call)) continue;
    std::vector<std::string>& row = table.rows.emplace_back();
    for (const std::string& column : table.heading) {
      row.push_back(recorded_cell(call, judged.names, column));
    }
  }
  if (table.rows.empty()) return "";
  return "\n## Calls: server\n" + render_table(table, TableFormat::markdown);
}

}  // namespace

std::string record_calls(const Scenario& scenario, const ScenarioResult& result, bool add) {
  std::string text = scenario.source.text();
  const Evidence evidence = evidence_of(result);
  // From the end, so that the places of the earlier tables stay right.
  for (auto table = scenario.call_tables.rbegin(); table != scenario.call_tables.rend(); ++table) {
    if (table->rows.empty()) continue;
    const std::vector<JudgedCalls> selected = select_calls(*table, evidence);
    if (selected.empty()) continue;
    const CallTableEditor editor(scenario, *table, selected.front());
    if (editor.is_right()) continue;
    const Span span = editor.span();
    text.replace(span.begin, span.end - span.begin, editor.text());
  }
  if (!add || !scenario.call_tables.empty()) return text;
  if (!text.ends_with('\n')) text += '\n';
  return text + new_section(evidence);
}

}  // namespace wireproof
