#include "sheet/table/call_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "expect/cause/call_facts.h"
#include "sheet/table/call_arguments.h"
#include "sheet/table/packet_cells.h"
#include "sheet/text/cursor.h"
#include "sheet/text/table_columns.h"

namespace wireproof {
namespace {

constexpr std::size_t kMaxCallRows = 1'000;

constexpr std::array<ColumnName, 15> kCallColumns{{{"Call", "Call"},
                                                   {"System call", "Call"},
                                                   {"Aufruf", "Call"},
                                                   {"Befehl", "Call"},
                                                   {"Socket", "Socket"},
                                                   {"Arguments", "Arguments"},
                                                   {"Argumente", "Arguments"},
                                                   {"Result", "Result"},
                                                   {"Ergebnis", "Result"},
                                                   {"Process", "Process"},
                                                   {"Prozess", "Process"},
                                                   {"Level", "Level"},
                                                   {"Points", "Points"},
                                                   {"If", "If"},
                                                   {"#", "Number"}}};

// What the tracer says; `send` and `recv` are what C libraries make of sendto and recvfrom.
const std::vector<std::string>& exact_names() {
  static const std::vector<std::string> kNames{
      "socket",     "setsockopt",  "bind",   "listen",  "accept",   "connect",  "send",
      "sendto",     "write",       "writev", "sendmsg", "sendmmsg", "sendfile", "splice",
      "recv",       "recvfrom",    "read",   "readv",   "recvmsg",  "recvmmsg", "shutdown",
      "close",      "close_range", "dup",    "dup2",    "dup3",     "exit",     "exec",
      "fork",       "vfork",       "clone",  "poll",    "ppoll",    "select",   "pselect6",
      "epoll_wait", "epoll_pwait"};
  return kNames;
}

// Of the families that rows without `exactly` mean.
const std::vector<std::string>& common_names() {
  static const std::vector<std::string> kNames{
      "socket", "setsockopt", "bind",  "listen",   "accept", "connect", "send",   "write",
      "recv",   "read",       "close", "shutdown", "fork",   "poll",    "select", "epoll_wait"};
  return kNames;
}

bool is_known(const std::string& name) {
  return call_family(name) != CallFamily::other ||
         std::ranges::find(common_names(), name) != common_names().end() || name == "dup";
}

class CallTableReader {
 public:
  CallTableReader(const Table& table, const Parameters& parameters, Problems& problems)
      : table_(table),
        parameters_(parameters),
        problems_(problems),
        columns_(table, kCallColumns) {}

  CallTable read(const std::string& name) {
    CallTable result;
    result.actor = name.empty() ? "server" : name;
    result.span = table_.span;
    columns_.report_slips(table_, problems_);
    columns_.report_repeats(table_, problems_);
    if (table_.rows.empty())
      problems_.error(ProblemCode::table_without_rows, table_.span, "the table has no rows");
    if (table_.rows.size() > kMaxCallRows) {
      problems_.error(ProblemCode::too_many_rows, table_.span,
                      fmt::format("a table of calls has at most {} rows", kMaxCallRows));
      return result;
    }
    for (std::size_t i = 0; i < table_.rows.size(); ++i) {
      const TableRow& source = table_.rows[i];
      if (!columns_.counts(source, parameters_, problems_)) continue;
      PlacedCallRow placed;
      placed.row.number = i + 1;
      if (!read_row(source, placed.row)) continue;
      placed.place = {source.span, columns_.cell_spans(source, parameters_)};
      result.rows.push_back(std::move(placed));
    }
    return result;
  }

 private:
  Fragment cell(const TableRow& row, std::string_view column) {
    return columns_.cell(row, column, parameters_, problems_);
  }

  bool read_row(const TableRow& source, CallRow& row) {
    // Markdown takes any line below a table for a row of it.
    if (source.cells.size() == 1) {
      return problems_.error(ProblemCode::line_below_table, source.span,
                             "this line is part of the table above", "an empty line ends a table");
    }
    const Fragment name = cell(source, "Call");
    const Fragment arguments = cell(source, "Arguments");
    const Fragment result = cell(source, "Result");
    if (!read_call(name, row) || !read_socket(cell(source, "Socket"), row)) return false;
    read_call_arguments(arguments, row, problems_);
    read_call_arguments(result, row, problems_);
    if (row.anything && !(arguments.empty() && result.empty())) {
      problems_.error(ProblemCode::argument_of_other_call, arguments.span(),
                      "a row `…` is any calls at all: it has no arguments");
    }
    read_process(cell(source, "Process"), row);
    row.level = parse_level(cell(source, "Level"), Level::must, problems_);
    row.points = parse_points(cell(source, "Points"), problems_);
    for (const Fragment& part :
         {name, cell(source, "Socket"), cell(source, "Process"), arguments, result}) {
      if (!part.empty()) row.text += (row.text.empty() ? "" : " ") + part.text;
    }
    return true;
  }

  // The name alone: `recv()` and `recv` are the same.
  bool read_call(const Fragment& text, CallRow& row) {
    Cursor cursor(text);
    if (cursor.at_end()) {
      return problems_.error(ProblemCode::unknown_call, text.span(), "the row names no call",
                             "`…` stands for any calls");
    }
    if (cursor.take_symbol("…") || cursor.take_symbol("...")) {
      row.anything = true;
    } else {
      row.exactly = cursor.take_word("exactly");
      row.call = cursor.take_any_word();
      if (row.call == "accept4") row.call = "accept";
      cursor.take_symbol("()");
    }
    if (!cursor.at_end()) {
      return problems_.error(ProblemCode::word_behind_call, cursor.next_span(),
                             fmt::format("`{}` does not belong to a call", cursor.next_token()),
                             "what it is called with stands in the column Arguments");
    }
    const std::vector<std::string>& names = row.exactly ? exact_names() : common_names();
    const bool known = row.exactly ? std::ranges::find(names, row.call) != names.end()
                                   : row.anything || is_known(row.call);
    if (known) return true;
    const auto meant = nearest_name(row.call, names);
    return problems_.error(
        ProblemCode::unknown_call, text.span(),
        fmt::format("unknown call `{}`", row.call.empty() ? text.text : row.call),
        meant         ? fmt::format("did you mean `{}`?", *meant)
        : row.exactly ? "`exactly` is followed by the name of a system call: send, recv, readv, …"
                      : suggest_name(row.call, names));
  }

  bool read_socket(const Fragment& text, CallRow& row) {
    row.socket = text.text == "*" ? "" : text.text;
    const bool may_be_any =
        row.anything || row.call == "fork" || call_family(row.call) == CallFamily::wait;
    if (!row.socket.empty() || may_be_any) return true;
    return problems_.error(ProblemCode::missing_socket, text.span(), "the row names no socket",
                           "`listener`, `connection`, `udp`, or the client whose connection it is");
  }

  void read_process(const Fragment& text, CallRow& row) {
    const std::string name = lower_case(text.text);
    if (name.empty() || name == "*") return;
    if (name == "parent") {
      row.process = CallProcess::parent;
    } else if (name == "child") {
      row.process = CallProcess::child;
    } else {
      problems_.error(ProblemCode::unknown_cell_value, text.span(),
                      fmt::format("`{}` is no process", text.text),
                      "`parent`, which called fork, or `child`; nothing: any");
    }
  }

  const Table& table_;
  const Parameters& parameters_;
  Problems& problems_;
  const TableColumns columns_;
};

}  // namespace

const std::vector<std::string>& call_sockets() {
  static const std::vector<std::string> kNames{"listener", "connection", "udp"};
  return kNames;
}

bool is_call_table(const Table& table) {
  const TableColumns columns(table, kCallColumns);
  return columns.has("Call") && columns.has("Socket") && !is_packet_table(table);
}

CallTable parse_call_table(const Table& table, const std::string& name,
                           const Parameters& parameters, Problems& problems) {
  return CallTableReader(table, parameters, problems).read(name);
}

}  // namespace wireproof
