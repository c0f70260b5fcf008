#include "judge/table_judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "judge/cause_cells.h"
#include "judge/explain/session_walk.h"
#include "judge/failure_text.h"
#include "judge/table_rows.h"

namespace wireproof {
namespace {

// The process that has the server's end of a connection, where the server's own has not.
std::int64_t foreign_holder(const std::vector<SocketHolder>& holders, const Endpoint& client) {
  std::int64_t process = 0;
  for (const SocketHolder& holder : holders) {
    if (holder.client != client) continue;
    if (holder.is_server) return 0;
    process = holder.process;
  }
  return process;
}

// Datagrams of one actor over several sockets are one sequence, in capture order.
UdpExchange join_exchanges(const std::vector<const UdpExchange*>& exchanges) {
  UdpExchange all;
  for (const UdpExchange* exchange : exchanges) {
    all.client = exchange->client;
    all.server = exchange->server;
    all.datagrams.insert(all.datagrams.end(), exchange->datagrams.begin(),
                         exchange->datagrams.end());
  }
  std::ranges::sort(all.datagrams, {}, &Datagram::packet);
  return all;
}

// The judge of rows and packets names them by segments: the datagrams as such.
TcpConnection segments_of(const UdpExchange& exchange) {
  TcpConnection named;
  for (const Datagram& datagram : exchange.datagrams) {
    Segment segment;
    segment.packet = datagram.packet;
    segment.from = datagram.from;
    segment.time = datagram.time;
    segment.payload_size = datagram.payload_size;
    named.segments.push_back(segment);
  }
  return named;
}

Level weaker(Level a, Level b) {
  return std::max(a, b);
}

class TableJudge {
 public:
  TableJudge(const PacketTable& table, const TableContext& context)
      : table_(table), context_(context) {
    judgement_.check.kind = CheckKind::packets;
    judgement_.check.name = table.name.empty() ? "Packets" : "Packets: " + table.name;
    row_failed_.assign(table.rows.size(), false);
  }

  TableJudgement judge();

 private:
  void judge_actor(const std::string& actor, const RowGroup& rows);
  void judge_tcp(const std::string& actor, const RowGroup& rows);
  void judge_udp(const std::string& actor, const RowGroup& rows);
  void judge_rows(const std::string& actor, const RowGroup& group, const MatchResult& result,
                  const TcpConnection& connection);
  void judge_packets(const std::string& actor, const RowGroup& group, const MatchResult& result,
                     const TcpConnection& connection);
  void judge_causes(const RowGroup& group, const RowResult& result);
  void add_row_failure(const std::string& actor, const RowGroup& group, const RowResult& result,
                       const TcpConnection& connection);
  void check_global_order();
  void take_result(const MatchResult& result);
  void fail(Diagnostic diagnostic, Level level, std::optional<std::size_t> row);
  MatchContext match_context(const std::string& actor);
  SessionFacts facts_of(const std::string& actor, const TcpConnection& connection) const;
  std::string describe_packet(std::size_t packet, const std::string& info, Timestamp time) const;

  const PacketTable& table_;
  const TableContext& context_;
  TableJudgement judgement_;
  std::vector<bool> row_failed_;
  std::map<std::size_t, std::size_t> first_packet_;  // of a row, for `order: global`
  Variables variables_;
};

// `{n}` in a payload is the number of the client, as in the session.
MatchContext TableJudge::match_context(const std::string& actor) {
  variables_ = context_.evidence->variables;
  variables_["n"] = client_number(actor);
  return {context_.scenario->front.match, &context_.scenario->layouts, &variables_};
}

SessionFacts TableJudge::facts_of(const std::string& actor, const TcpConnection& connection) const {
  SessionFacts facts;
  facts.fin_holder = foreign_holder(context_.evidence->holders, connection.client);
  facts.client_waits_for_eof = !context_.scenario->session;
  if (!context_.scenario->session) return facts;
  for (const Step& step : context_.scenario->session->steps) {
    if (std::holds_alternative<StepRecvEof>(step.action)) facts.client_waits_for_eof = true;
  }
  const ExchangeCounts counts = count_exchanges(*context_.scenario, actor);
  facts.requests = counts.requests;
  facts.replies = counts.replies;
  return facts;
}

std::string TableJudge::describe_packet(std::size_t packet, const std::string& info,
                                        Timestamp time) const {
  return fmt::format("{}  (packet {}, {})", info, packet + 1,
                     render_milliseconds(time - context_.start));
}

// A failure of a level that does not count becomes a warning.
void TableJudge::fail(Diagnostic diagnostic, Level level, std::optional<std::size_t> row) {
  const bool counts = level == Level::must || (level == Level::should && context_.evidence->strict);
  diagnostic.severity = counts ? Severity::error : Severity::warning;
  if (!diagnostic.span) {
    diagnostic.span = row && *row < table_.places.size() ? table_.places[*row].row : table_.span;
  }
  if (counts) judgement_.check.verdict = Verdict::fail;
  if (counts && row) row_failed_[*row] = true;
  if (level != Level::info) judgement_.failures.push_back(std::move(diagnostic));
}

TableJudgement TableJudge::judge() {
  const std::vector<ActorRows> groups = rows_by_actor(table_, *context_.scenario);
  for (const ActorRows& group : groups) judge_actor(group.actor, group.rows);
  if (table_.name.empty()) {
    for (const ActorConversations& actor : context_.actors->actors) {
      const bool has_rows =
          std::ranges::find(groups, actor.actor, &ActorRows::actor) != groups.end();
      if (!has_rows && (!actor.tcp.empty() || !actor.udp.empty())) judge_actor(actor.actor, {});
    }
  }
  if (context_.scenario->front.global_order) check_global_order();
  for (std::size_t i = 0; i < table_.rows.size(); ++i) {
    judgement_.check.max_points += table_.rows[i].points;
    if (!row_failed_[i]) judgement_.check.points += table_.rows[i].points;
  }
  return std::move(judgement_);
}

void TableJudge::judge_actor(const std::string& actor, const RowGroup& rows) {
  RowGroup tcp;
  RowGroup udp;
  const ActorConversations* found = context_.actors->find(actor);
  const bool only_udp = found != nullptr && found->tcp.empty() && !found->udp.empty();
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    const bool to_udp =
        is_udp(rows.rows[i]) || (rows.rows[i].kind == RowKind::anything && only_udp);
    (to_udp ? udp : tcp).add(rows.rows[i], rows.indexes[i]);
  }
  if (!tcp.rows.empty() || (found != nullptr && !found->tcp.empty())) judge_tcp(actor, tcp);
  if (!udp.rows.empty() || (found != nullptr && !found->udp.empty())) judge_udp(actor, udp);
}

void TableJudge::judge_tcp(const std::string& actor, const RowGroup& rows) {
  static const TcpConnection kNoConnection{};
  const ActorConversations* found = context_.actors->find(actor);
  const std::size_t count = found == nullptr ? 0 : found->tcp.size();
  const std::vector<RowGroup> groups = split_connections(rows, count);
  const bool open_ended = !rows.rows.empty() && rows.rows.back().kind == RowKind::anything;
  for (std::size_t i = 0; i < std::max(groups.size(), count); ++i) {
    if (i >= groups.size() && open_ended) break;
    const TcpConnection& connection = i < count ? *found->tcp[i] : kNoConnection;
    const RowGroup& group = i < groups.size() ? groups[i] : RowGroup{};
    const MatchResult result = match_tcp(group.rows, connection, match_context(actor));
    take_result(result);
    judge_rows(actor, group, result, connection);
    judge_packets(actor, group, result, connection);
  }
}

void TableJudge::judge_udp(const std::string& actor, const RowGroup& rows) {
  const ActorConversations* found = context_.actors->find(actor);
  const UdpExchange all = found == nullptr ? UdpExchange() : join_exchanges(found->udp);
  const TcpConnection named = segments_of(all);
  const MatchResult result = match_udp(rows.rows, all, match_context(actor));
  take_result(result);
  judge_rows(actor, rows, result, named);
  judge_packets(actor, rows, result, named);
}

void TableJudge::take_result(const MatchResult& result) {
  CheckResult& check = judgement_.check;
  if (!check.history.empty() && !result.history.empty()) check.history += ' ';
  check.history += result.history;
  for (const std::string& variant : result.variants) {
    if (std::find(check.variants.begin(), check.variants.end(), variant) == check.variants.end()) {
      check.variants.push_back(variant);
    }
  }
  if (!result.beyond_limit.empty()) {
    Diagnostic diagnostic;
    diagnostic.message = result.beyond_limit;
    diagnostic.notes.push_back({"help", "write the Len of more rows, so that less is left open"});
    fail(std::move(diagnostic), Level::must, std::nullopt);
  }
}

void TableJudge::judge_rows(const std::string& actor, const RowGroup& group,
                            const MatchResult& result, const TcpConnection& connection) {
  for (const RowResult& row : result.rows) {
    const std::size_t index = group.indexes[row.row];
    for (const std::size_t packet : row.packets) {
      judgement_.notes[packet].rows.push_back({table_.name, table_.rows[index].number});
    }
    if (!row.packets.empty()) first_packet_[index] = row.packets.front();
    const bool structural = row.state == RowState::missing || row.state == RowState::out_of_order;
    if (structural || !row.differences.empty()) add_row_failure(actor, group, row, connection);
    if (!structural) judge_causes(group, row);
  }
}

void TableJudge::add_row_failure(const std::string& actor, const RowGroup& group,
                                 const RowResult& result, const TcpConnection& connection) {
  const Row& row = group.rows[result.row];
  FailedRow failed;
  failed.row = &row;
  failed.result = &result;
  failed.actor = actor;
  std::optional<std::size_t> shown = result.nearest;
  if (!shown && !result.packets.empty()) shown = result.packets.front();
  if (shown) {
    for (const Segment& segment : connection.segments) {
      if (segment.packet != *shown) continue;
      failed.nearest_info = is_udp(row) ? fmt::format("UDP Len={}", segment.payload_size)
                                        : render_segment_info(segment);
      failed.nearest = describe_packet(*shown, failed.nearest_info, segment.time);
    }
  }
  const auto explanation = explain_row(row, result, connection, facts_of(actor, connection));
  if (explanation) failed.why = explanation->text;
  Level level = row.level;
  const bool structural =
      result.state == RowState::missing || result.state == RowState::out_of_order;
  if (!structural) {
    Level strongest = Level::info;
    for (const FieldDifference& difference : result.differences) {
      strongest = std::min(strongest, difference.level);
    }
    level = weaker(level, strongest);
  }
  Diagnostic diagnostic = describe_failed_row(failed);
  if (explanation) diagnostic.explanation = explanation->id;
  fail(std::move(diagnostic), level, group.indexes[result.row]);
}

void TableJudge::judge_packets(const std::string& actor, const RowGroup& group,
                               const MatchResult& result, const TcpConnection& connection) {
  for (const PacketResult& packet : result.packets) {
    PacketNote& note = judgement_.notes[packet.packet];
    if (packet.state == PacketState::repeat) note.remark = {PacketMark::repeat, packet.repeat, {}};
    if (packet.state != PacketState::unexpected) continue;
    note.remark = {PacketMark::unexpected};
    const bool is_nearest = std::any_of(
        result.rows.begin(), result.rows.end(),
        [&](const RowResult& row) { return row.nearest == packet.packet && row.packets.empty(); });
    judgement_.check.verdict = Verdict::fail;
    if (is_nearest) continue;  // said with its row already
    Diagnostic diagnostic;
    diagnostic.message =
        group.rows.empty()
            ? fmt::format("packet {} belongs to a connection without rows", packet.packet + 1)
            : fmt::format("packet {} has no row", packet.packet + 1);
    for (const Segment& segment : connection.segments) {
      if (segment.packet != packet.packet) continue;
      const std::string way = segment.from == Side::client ? "client > server" : "server > client";
      const std::string info = segment.flags == 0 ? fmt::format("UDP Len={}", segment.payload_size)
                                                  : render_segment_info(segment);
      diagnostic.notes.push_back(
          {"captured", way + "  " + describe_packet(packet.packet, info, segment.time)});
      const auto why = explain_packet(segment, connection, facts_of(actor, connection));
      if (!why) continue;
      diagnostic.notes.push_back({"why", why->text});
      diagnostic.explanation = why->id;
    }
    if (!packet.reason.empty()) diagnostic.notes.push_back({"", packet.reason});
    diagnostic.notes.push_back({"help", "a row `…` stands for packets that do not matter"});
    fail(std::move(diagnostic), Level::must, std::nullopt);
  }
}

void TableJudge::judge_causes(const RowGroup& group, const RowResult& result) {
  if (result.packets.empty()) return;
  const auto cause = context_.causes->find(result.packets.front());
  if (cause == context_.causes->end()) return;
  const std::size_t index = group.indexes[result.row];
  for (CellFailure& failure : judge_cause_cells(group.rows[result.row], cause->second)) {
    if (index < table_.places.size()) {
      const auto& cells = table_.places[index].cells;
      const auto cell = cells.find(failure.column);
      if (cell != cells.end()) failure.diagnostic.span = cell->second;
    }
    fail(std::move(failure.diagnostic), failure.level, index);
  }
}

// `order: global`: rows of different connections are captured in the table's order as well.
void TableJudge::check_global_order() {
  std::size_t latest = 0;
  std::optional<std::size_t> latest_row;
  for (const auto& [row, packet] : first_packet_) {
    if (table_.rows[row].any_order) continue;
    const bool other_client =
        latest_row && table_.rows[*latest_row].client != table_.rows[row].client;
    if (other_client && packet < latest) {
      Diagnostic diagnostic;
      diagnostic.message = fmt::format(
          "row {} was captured before row {}: packet {} before packet {}", table_.rows[row].number,
          table_.rows[*latest_row].number, packet + 1, latest + 1);
      diagnostic.notes.push_back(
          {"", "`order: global` compares the order of different connections"});
      fail(std::move(diagnostic), table_.rows[row].level, row);
    }
    if (!latest_row || packet >= latest) {
      latest = packet;
      latest_row = row;
    }
  }
}

}  // namespace

TableJudgement judge_table(const PacketTable& table, const TableContext& context) {
  return TableJudge(table, context).judge();
}

}  // namespace wireproof
