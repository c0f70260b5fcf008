#include "sheet/table/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "sheet/text/cursor.h"
#include "sheet/text/table_columns.h"

namespace wireproof {
namespace {

constexpr std::array<ColumnName, 6> kSocketColumns{{{"Local", "Local"},
                                                    {"Remote", "Remote"},
                                                    {"Peer", "Remote"},
                                                    {"State", "State"},
                                                    {"Count", "Count"},
                                                    {"Level", "Level"}}};

// RFC 9293 §3.3.2, and what `ss` says of UDP sockets (UNCONN).
const std::vector<std::string>& state_names() {
  static const std::vector<std::string> kNames{
      "LISTEN",  "SYN-SENT",   "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2",
      "CLOSING", "CLOSE-WAIT", "LAST-ACK",     "TIME-WAIT",   "CLOSED",     "UNCONN"};
  return kNames;
}

// `ESTAB`, `Close_Wait`, `SYN-RECV`: the spellings of ss, netstat and the RFC are one.
std::string canonical_state(const std::string& text) {
  std::string state = text;
  std::ranges::transform(state, state.begin(), [](unsigned char c) {
    return c == '_' ? '-' : static_cast<char>(std::toupper(c));
  });
  if (state == "ESTAB") return "ESTABLISHED";
  if (state == "SYN-RECV") return "SYN-RECEIVED";
  if (state == "FIN-WAIT1") return "FIN-WAIT-1";
  if (state == "FIN-WAIT2") return "FIN-WAIT-2";
  if (state == "LISTENING") return "LISTEN";
  return state;
}

std::string read_state(const Fragment& cell, Problems& problems) {
  const std::string state = canonical_state(cell.text);
  if (std::ranges::find(state_names(), state) == state_names().end()) {
    problems.error(ProblemCode::unknown_cell_value, cell.span(),
                   fmt::format("unknown state `{}`", cell.text),
                   suggest_name(state, state_names()));
  }
  return state;
}

}  // namespace

bool is_socket_table(const Table& table) {
  const TableColumns columns(table, kSocketColumns);
  return columns.has("Local") && columns.has("Remote") && columns.has("State");
}

SocketTable parse_socket_table(const Table& table, const std::string& name,
                               const Parameters& parameters, Problems& problems) {
  const TableColumns columns(table, kSocketColumns);
  columns.report_slips(table, problems);
  columns.report_repeats(table, problems);
  SocketTable result;
  result.name = name;
  result.span = table.span;
  for (const TableRow& source : table.rows) {
    SocketRow row;
    const Fragment local = columns.cell(source, "Local", parameters, problems);
    const Fragment remote = columns.cell(source, "Remote", parameters, problems);
    row.local = local.empty() ? "*" : local.text;
    row.remote = remote.empty() ? "*" : remote.text;
    row.state = read_state(columns.cell(source, "State", parameters, problems), problems);
    const Fragment count = columns.cell(source, "Count", parameters, problems);
    const auto number =
        count.empty() ? std::optional<std::uint64_t>(1) : parse_number<std::uint64_t>(count.text);
    if (!number) {
      problems.error(ProblemCode::unknown_cell_value, count.span(),
                     fmt::format("`{}` is no number of sockets", count.text));
    }
    row.count = number.value_or(1);
    row.span = source.span;
    result.rows.push_back(std::move(row));
  }
  return result;
}

}  // namespace wireproof
