#include "sheet/table/path_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "expect/match/event_table.h"
#include "sheet/session/session_parser.h"
#include "sheet/table/packet_cells.h"
#include "sheet/text/cursor.h"
#include "sheet/text/table_columns.h"

namespace wireproof {
namespace {

constexpr std::size_t kMaxPathRules = 1'000;

constexpr std::array<ColumnName, 8> kPathColumns{{{"Packets", "Packets"},
                                                  {"From", "From"},
                                                  {"Which", "Which"},
                                                  {"Do", "Do"},
                                                  {"Payload", "Payload"},
                                                  {"Level", "Level"},
                                                  {"If", "If"},
                                                  {"#", "Number"}}};

constexpr std::string_view kPacketsHelp =
    "`any`, `data`, or as in a table of packets: [SYN], [PSH, ACK] Len=5, UDP Len=5";

class PathTableReader {
 public:
  PathTableReader(const Table& table, const PacketTableContext& context, Problems& problems)
      : table_(table), context_(context), problems_(problems), columns_(table, kPathColumns) {
    if (context.session == nullptr) return;
    serving_ = serving_actors(*context.session);
    for (const std::string& actor : context.session->actors) {
      if (std::ranges::find(serving_, actor) == serving_.end()) clients_.push_back(actor);
    }
  }

  std::vector<PlacedPathRule> read() {
    std::vector<PlacedPathRule> rules;
    columns_.report_slips(table_, problems_);
    columns_.report_repeats(table_, problems_);
    if (table_.rows.empty())
      problems_.error(ProblemCode::table_without_rows, table_.span, "the table has no rows");
    if (table_.rows.size() > kMaxPathRules) {
      problems_.error(ProblemCode::too_many_rows, table_.span,
                      fmt::format("a path has at most {} rules", kMaxPathRules));
      return rules;
    }
    for (std::size_t i = 0; i < table_.rows.size(); ++i) {
      const TableRow& source = table_.rows[i];
      if (!columns_.counts(source, context_.parameters, problems_)) continue;
      PathRule rule;
      rule.number = i + 1;
      rule.row.number = i + 1;
      if (read_rule(source, rule)) rules.push_back({std::move(rule), source.span});
    }
    return rules;
  }

 private:
  Fragment cell(const TableRow& row, std::string_view column) {
    return columns_.cell(row, column, context_.parameters, problems_);
  }

  bool read_rule(const TableRow& source, PathRule& rule) {
    // Markdown takes any line below a table for a row of it.
    if (source.cells.size() == 1) {
      return problems_.error(ProblemCode::line_below_table, source.span,
                             "this line is part of the table above", "an empty line ends a table");
    }
    const bool packets = read_packets(cell(source, "Packets"), rule);
    const bool from = read_from(cell(source, "From"), rule);
    const auto which = parse_path_choice(cell(source, "Which"), problems_);
    const auto action = parse_path_action(cell(source, "Do"), problems_);
    const bool payload = read_payload(cell(source, "Payload"), rule);
    rule.level = parse_level(cell(source, "Level"), Level::must, problems_);
    if (!packets || !from || !which || !action || !payload) return false;
    rule.which = *which;
    rule.action = *action;
    return check_size(cell(source, "Do"), rule);
  }

  bool read_packets(const Fragment& text, PathRule& rule) {
    const std::string word = lower_case(text.text);
    if (word == "any" || word == "*") return true;
    if (word == "data") {
      rule.packets = PathPackets::data;
      return true;
    }
    if (text.empty()) {
      return problems_.error(ProblemCode::path_packets, text.span(),
                             "the rule does not say which packets it is about",
                             std::string(kPacketsHelp));
    }
    rule.packets = PathPackets::row;
    Row& row = rule.row;
    if (!parse_packet_info(text, row, problems_)) return false;
    const bool has_values = row.seq || row.ack || row.window || row.mss;
    if (row.kind == RowKind::anything) {
      return problems_.error(ProblemCode::path_packets, text.span(),
                             fmt::format("`{}` is no kind of packet", text.text),
                             "`any` stands for all packets");
    }
    if (has_values || row.again) {
      return problems_.error(ProblemCode::path_packets, text.span(),
                             "a rule is about flags and lengths, nothing else",
                             "what is sent again counts too: the column Which says which of them");
    }
    return true;
  }

  bool read_from(const Fragment& text, PathRule& rule) {
    const std::string name = lower_case(text.text);
    if (name.empty() || name == "*") return true;
    rule.from = Side::server;
    if (name == kServerName) return true;
    const auto serving = std::ranges::find(serving_, text.text);
    if (serving != serving_.end()) {
      rule.row.server = *serving;
      return !context_.has_server || refuse_end(text, "is not the server, and listens");
    }
    rule.from = Side::client;
    if (name == "client" && clients_.size() == 1) return true;
    return read_client(text, rule);
  }

  bool read_client(const Fragment& text, PathRule& rule) {
    const PacketEnds::RowEnds to_server{text, make_fragment(kServerName, text.span().end), false};
    const auto ends = PacketEnds({}, "", context_).resolve(to_server, problems_);
    if (!ends) return false;
    const bool is_group = ends->client == kGroupName && context_.session != nullptr;
    if (is_group && clients_.size() != context_.session->group_size) {
      return refuse_end(text, "is several clients, and not all");
    }
    // Of one client, or of all, every packet from that side is.
    if (!is_group && clients_.size() != 1) rule.client = ends->client;
    return true;
  }

  bool refuse_end(const Fragment& text, std::string_view why) {
    return problems_.error(ProblemCode::impossible_path, text.span(),
                           fmt::format("a rule cannot be about `{}`: it {}", text.text, why),
                           "one client, `server`, or nothing: both directions");
  }

  bool read_payload(const Fragment& text, PathRule& rule) {
    if (text.empty() || text.text == "*") return true;
    if (rule.packets != PathPackets::row || rule.row.kind == RowKind::port_unreachable) {
      return problems_.error(ProblemCode::path_packets, text.span(),
                             "these packets have no payload of one kind",
                             "with a payload Packets is `[PSH, ACK]` or `UDP`");
    }
    Cursor cursor(text);
    auto message = parse_message(cursor, context_.names, MessageUse::recv, problems_);
    if (!message) return false;
    if (!cursor.at_end()) {
      return problems_.error(ProblemCode::packet_payload, cursor.next_span(),
                             fmt::format("`{}` does not belong to a payload", cursor.next_token()));
    }
    if (uses_variables(*message)) {
      return problems_.error(ProblemCode::path_packets, text.span(),
                             "a rule does not know what the session has remembered",
                             "`?` alone stands for any value of a field");
    }
    rule.row.payload = std::move(*message);
    return true;
  }

  static bool uses_variables(const Message& message) {
    return std::ranges::any_of(message.parts, [](const MessagePart& part) {
      const auto* const arguments = arguments_of(part);
      if (arguments == nullptr) return std::holds_alternative<VariablePart>(part);
      return std::ranges::any_of(*arguments, [](const FieldArgument& argument) {
        return argument.kind == FieldArgument::Kind::remember ||
               argument.kind == FieldArgument::Kind::recall;
      });
    });
  }

  // Where the rule says itself how long the payload is, there must be something to change.
  bool check_size(const Fragment& text, const PathRule& rule) {
    const bool corrupts = rule.action.deed == PathDeed::corrupt;
    if (rule.packets != PathPackets::row || (!corrupts && rule.action.deed != PathDeed::cut)) {
      return true;
    }
    const std::uint64_t place = corrupts ? rule.action.byte : rule.action.size;
    if (rule.row.kind == RowKind::port_unreachable ||
        (rule.row.kind == RowKind::tcp && !has_bytes(rule.row))) {
      return problems_.error(ProblemCode::path_value, text.span(),
                             "these packets have no payload to change",
                             "Packets is `data`, `[PSH, ACK]` or `UDP` then");
    }
    if (!rule.row.length || place < rule.row.length->most) return true;
    return problems_.error(
        ProblemCode::path_value, text.span(),
        corrupts ? fmt::format("there is no byte {}, counted from 0", place)
                 : fmt::format("there is nothing behind {} bytes", place),
        fmt::format("the rule's packets have at most {}", counted(rule.row.length->most, "byte")));
  }

  const Table& table_;
  const PacketTableContext& context_;
  Problems& problems_;
  const TableColumns columns_;
  std::vector<std::string> serving_;
  std::vector<std::string> clients_;  // all other actors
};

}  // namespace

bool is_path_table(const Table& table) {
  const TableColumns columns(table, kPathColumns);
  return columns.has("Packets") && columns.has("Do");
}

std::vector<PlacedPathRule> parse_path_table(const Table& table, const PacketTableContext& context,
                                             Problems& problems) {
  return PathTableReader(table, context, problems).read();
}

void report_missing_path_columns(const Table& table, Problems& problems) {
  const TableColumns columns(table, kPathColumns);
  columns.report_slips(table, problems);
  problems.error(ProblemCode::missing_column, table.span,
                 fmt::format("a table of rules needs the column {}",
                             columns.has("Packets") ? "Do" : "Packets"),
                 "Packets and Do; From, Which, Payload and Level may be there");
}

}  // namespace wireproof
