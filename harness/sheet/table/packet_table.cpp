#include "sheet/table/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "expect/cause/call_facts.h"
#include "packets/wire/packet.h"
#include "sheet/session/session_parser.h"
#include "sheet/table/packet_cells.h"
#include "sheet/text/cursor.h"
#include "sheet/text/table_columns.h"

namespace wireproof {
namespace {

constexpr std::size_t kMaxPacketRows = 10'000;

constexpr std::array<ColumnName, 41> kPacketColumns{{
    {"From", "From"},
    {"Src", "From"},
    {"Source", "From"},
    {"Src Port", "From"},
    {"Scr Prt", "From"},
    {"Scr Port", "From"},
    {"Src Prt", "From"},
    {"Source Port", "From"},
    {"Quelle", "From"},
    {"To", "To"},
    {"Dst", "To"},
    {"Destination", "To"},
    {"Dst Port", "To"},
    {"Dst Prt", "To"},
    {"Destination Port", "To"},
    {"Ziel", "To"},
    {"Info", "Info"},
    {"Len", "Len"},
    {"Length", "Len"},
    {"Payload", "Payload"},
    {"Data", "Payload"},
    {"Nutzdaten", "Payload"},
    {"Cause", "Cause"},
    {"Call", "Cause"},
    {"Command", "Cause"},
    {"Befehl", "Cause"},
    {"Side", "Side"},
    {"Script", "Side"},
    {"Blocked", "Blocked"},
    {"Blocked call", "Blocked"},
    {"blockierender Befehl", "Blocked"},
    {"Level", "Level"},
    {"Points", "Points"},
    {"Order", "Order"},
    {"Fate", "Fate"},
    {"If", "If"},
    {"Time", "Time"},
    {"Zeit", "Time"},
    {"No.", "Number"},
    {"Nr.", "Number"},
    {"#", "Number"},
}};

class PacketTableReader {
 public:
  PacketTableReader(const Table& table, const std::string& name, const PacketTableContext& context,
                    Problems& problems)
      : table_(table),
        name_(name),
        context_(context),
        problems_(problems),
        columns_(table, kPacketColumns) {}

  PacketTable read() {
    PacketTable result;
    result.name = name_;
    result.span = table_.span;
    columns_.report_slips(table_, problems_);
    columns_.report_repeats(table_, problems_);
    if (table_.rows.empty())
      problems_.error(ProblemCode::table_without_rows, table_.span, "the table has no rows");
    if (table_.rows.size() > kMaxPacketRows) {
      problems_.error(ProblemCode::too_many_rows, table_.span,
                      fmt::format("a packet table has at most {} rows", kMaxPacketRows));
      return result;
    }
    const PacketEnds ends(read_ends(), name_, context_);
    for (std::size_t i = 0; i < table_.rows.size(); ++i) {
      if (!columns_.counts(table_.rows[i], context_.parameters, problems_)) continue;
      Row row;
      row.number = i + 1;
      if (!read_row(table_.rows[i], ends, row)) continue;
      const TableRow& source = table_.rows[i];
      result.rows.push_back(
          {std::move(row), {source.span, columns_.cell_spans(source, context_.parameters)}});
    }
    return result;
  }

 private:
  Fragment cell(const TableRow& row, std::string_view column) {
    return columns_.cell(row, column, context_.parameters, problems_);
  }

  std::vector<PacketEnds::RowEnds> read_ends() {
    std::vector<PacketEnds::RowEnds> ends;
    Problems ignored;  // the same cells are read again with their row
    for (const TableRow& row : table_.rows) {
      Row opening;
      parse_packet_info(columns_.cell(row, "Info", context_.parameters, ignored), opening, ignored);
      const bool opens = opening.flags == tcp_flag::kSyn && !opening.again;
      ends.push_back({columns_.cell(row, "From", context_.parameters, ignored),
                      columns_.cell(row, "To", context_.parameters, ignored), opens});
    }
    return ends;
  }

  bool read_row(const TableRow& source, const PacketEnds& ends, Row& row) {
    // Markdown takes any line below a table for a row of it.
    if (source.cells.size() == 1) {
      return problems_.error(ProblemCode::line_below_table, source.span,
                             "this line is part of the table above", "an empty line ends a table");
    }
    const PacketEnds::RowEnds cells{cell(source, "From"), cell(source, "To"), false};
    const bool info = parse_packet_info(cell(source, "Info"), row, problems_);
    if (!read_end_cells(cells, ends, row) || !info) return false;
    if (row.kind == RowKind::port_unreachable && row.from == Side::client) {
      problems_.error(ProblemCode::packet_ends, cells.from.span(),
                      "`ICMP port unreachable` comes from the server's host");
    }
    read_length(source, row);
    read_payload(source, row);
    row.cause = read_call(source, "Cause");
    row.blocked = read_call(source, "Blocked");
    read_side(source, row);
    row.level = parse_level(cell(source, "Level"), Level::must, problems_);
    row.points = parse_points(cell(source, "Points"), problems_);
    read_order(source, row);
    read_fate(source, row);
    return true;
  }

  bool read_end_cells(const PacketEnds::RowEnds& cells, const PacketEnds& ends, Row& row) {
    const bool open = row.kind == RowKind::anything && cells.from.empty() && cells.to.empty();
    if (open) {
      const PacketEnds::Ends found = ends.open_ends();
      row.client = found.client;
      row.server = found.server;
      return true;
    }
    const auto resolved = ends.resolve(cells, problems_);
    if (!resolved) return false;
    row.from = resolved->from;
    row.client = resolved->client;
    row.server = resolved->server;
    return true;
  }

  void read_length(const TableRow& source, Row& row) {
    const Fragment text = cell(source, "Len");
    if (text.empty() || text.text == "*") return;
    const auto length = parse_length_sum(text.text);
    if (!length) {
      problems_.error(ProblemCode::packet_length, text.span(),
                      fmt::format("`{}` is no length", text.text),
                      "a number of payload bytes, a..b, or a sum like {size of NAME} + 5");
      return;
    }
    if (row.length && *row.length != *length) {
      problems_.error(ProblemCode::packet_length, text.span(), "Len is not what Info says");
    }
    row.length = length;
  }

  void read_payload(const TableRow& source, Row& row) {
    const Fragment text = cell(source, "Payload");
    if (text.empty() || text.text == "*") return;
    if (row.kind == RowKind::anything || row.kind == RowKind::port_unreachable) {
      problems_.error(ProblemCode::packet_payload, text.span(),
                      "this row has no payload of its own");
      return;
    }
    Cursor cursor(text);
    auto message = parse_message(cursor, context_.names, MessageUse::recv, problems_);
    if (!message) return;
    if (!cursor.at_end()) {
      problems_.error(ProblemCode::packet_payload, cursor.next_span(),
                      fmt::format("`{}` does not belong to a payload", cursor.next_token()));
    }
    row.payload = std::move(*message);
  }

  // The name alone: `recv()`, "(send)" and `recv` are the same.
  std::string read_call(const TableRow& source, std::string_view column) {
    const Fragment text = cell(source, column);
    std::string name = text.text;
    if (name.starts_with('(') && name.ends_with(')')) name = name.substr(1, name.size() - 2);
    if (name.ends_with("()")) name.resize(name.size() - 2);
    if (name.empty() || name == "*") return "";
    const std::vector<std::string> others{"kernel", "bind", "listen", "socket"};
    const bool known =
        call_family(name) != CallFamily::other || std::ranges::find(others, name) != others.end();
    if (known) return name;
    const std::vector<std::string> names{"connect", "accept",   "send",     "sendto", "sendall",
                                         "write",   "recv",     "recvfrom", "read",   "shutdown",
                                         "close",   "exit",     "select",   "poll",   "epoll_wait",
                                         "kernel",  "recv_into"};
    problems_.error(ProblemCode::unknown_call, text.span(),
                    fmt::format("unknown call `{}`", text.text), suggest_name(name, names));
    return "";
  }

  void read_side(const TableRow& source, Row& row) {
    const Fragment text = cell(source, "Side");
    const std::string name = lower_case(text.text);
    if (name.empty() || name == "*") return;
    if (name == "client" || name == lower_case(row.client)) {
      row.cause_side = Side::client;
    } else if (name == "server" || name == lower_case(row.server)) {
      row.cause_side = Side::server;
    } else {
      problems_.error(ProblemCode::unknown_cell_value, text.span(),
                      fmt::format("`{}` is no side", text.text),
                      "`client` or `server`: whose call the packet's cause is");
    }
  }

  void read_order(const TableRow& source, Row& row) {
    const Fragment text = cell(source, "Order");
    const std::string name = lower_case(text.text);
    row.any_order = name == "any";
    if (name.empty() || row.any_order) return;
    problems_.error(ProblemCode::unknown_cell_value, text.span(),
                    fmt::format("`{}` is no order", text.text),
                    "`any`, or nothing: then the row is ordered");
  }

  void read_fate(const TableRow& source, Row& row) {
    constexpr std::array<std::pair<std::string_view, PacketFate>, 6> kFates{
        {{"lost", PacketFate::lost},
         {"late", PacketFate::late},
         {"twice", PacketFate::twice},
         {"corrupted", PacketFate::corrupted},
         {"cut", PacketFate::cut},
         {"arrived", PacketFate::arrived}}};
    const Fragment text = cell(source, "Fate");
    if (text.empty() || text.text == "*") return;
    if (row.kind == RowKind::anything || row.kind == RowKind::port_unreachable) {
      problems_.error(ProblemCode::packet_fate, text.span(), "this row has no fate of its own",
                      "rows of TCP and UDP have one");
      return;
    }
    std::vector<std::string> names;
    for (const auto& [name, fate] : kFates) {
      if (lower_case(text.text) == name) row.fate = fate;
      names.emplace_back(name);
    }
    if (row.fate) return;
    problems_.error(ProblemCode::unknown_cell_value, text.span(),
                    fmt::format("`{}` is no fate", text.text), suggest_name(text.text, names));
  }

  const Table& table_;
  const std::string& name_;
  const PacketTableContext& context_;
  Problems& problems_;
  const TableColumns columns_;
};

}  // namespace

bool names_calls(const PacketTable& table) {
  return std::ranges::any_of(table.rows, [](const PlacedRow& placed) {
    return !placed.row.cause.empty() || !placed.row.blocked.empty();
  });
}

bool is_packet_table(const Table& table) {
  const TableColumns columns(table, kPacketColumns);
  return columns.has("From") && columns.has("To") && columns.has("Info");
}

PacketTable parse_packet_table(const Table& table, const std::string& name,
                               const PacketTableContext& context, Problems& problems) {
  return PacketTableReader(table, name, context, problems).read();
}

void report_missing_columns(const Table& table, Problems& problems) {
  const TableColumns columns(table, kPacketColumns);
  columns.report_slips(table, problems);
  std::vector<std::string> missing;
  for (const char* const name : {"From", "To", "Info"}) {
    if (!columns.has(name)) missing.emplace_back(name);
  }
  problems.error(ProblemCode::missing_column, table.span,
                 fmt::format("a packet table needs the column {}", fmt::join(missing, " and ")),
                 "From, To and Info, in any order; Src, Dst, Quelle and Ziel are accepted too");
}

}  // namespace wireproof
