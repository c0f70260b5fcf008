#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <set>

#include "expect/match/event_table.h"
#include "judge/explain/session_walk.h"
#include "judge/judge.h"
#include "judge/row_failures.h"
#include "judge/traffic/fin_holder.h"
#include "judge/traffic/table_rows.h"
#include "judge/traffic/traffic.h"

namespace wireproof {
namespace {

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
    segment.payload = datagram.payload;
    segment.fate = datagram.fate;
    named.segments.push_back(segment);
  }
  return named;
}

// The `{n}` of an actor: its number in the session; without one 7 of `c7`, else "1".
std::string client_number(const SessionPlan& plan, const std::string& actor) {
  if (const SheetActor* const own = plan.find(actor)) return std::to_string(own->number);
  const bool numbered = actor.size() > 1 && actor[0] == 'c' &&
                        actor.find_first_not_of("0123456789", 1) == std::string::npos;
  return numbered ? actor.substr(1) : "1";
}

// How many rows there are up to the last one that packets were found for; an acknowledgement, or
// what was sent again, has no place of its own among them.
std::size_t count_seen_rows(const RowGroup& group, const MatchResult& result) {
  std::size_t count = 0;
  for (const RowResult& row : result.rows) {
    const bool counts = !row.packets.empty() && !is_obligation(group.rows[row.row]);
    if (counts) count = row.row + 1;
  }
  return count;
}

// The first row of a side, with a packet of its own, that did not fail: where it has one, the rows
// of the side up to there are all that may stand in front of a capture.
std::size_t first_whole_row(const RowGroup& group, const MatchResult& result, Side from) {
  const auto whole = std::ranges::find_if(result.rows, [&](const RowResult& row) {
    const Row& written = group.rows[row.row];
    return written.from == from && !is_obligation(written) && !row.packets.empty() &&
           !row.failed(Level::must);
  });
  return whole == result.rows.end() ? group.rows.size() : whole->row;
}

class TableJudge {
 public:
  TableJudge(const PacketTable& table, const Scenario& scenario, const Evidence& evidence)
      : table_(table), scenario_(scenario), evidence_(evidence), traffic_(*evidence.traffic) {
    judgement_.check.kind = CheckKind::packets;
    judgement_.check.name = table.name.empty() ? "Packets" : "Packets: " + table.name;
    row_failed_.assign(table.rows.size(), false);
    row_packets_.resize(table.rows.size());
    if (scenario.session) plan_ = plan_session(*scenario.session);
  }

  SectionJudgement judge() {
    const std::vector<ActorRows> groups = rows_by_actor(table_, scenario_);
    for (const ActorRows& group : groups) judge_actor(group);
    if (table_.name.empty()) {
      for (const ActorConversations& actor : traffic_.actors()) judge_without_rows(actor, groups);
    }
    if (scenario_.front.global_order) check_global_order();
    if (!unseen_.empty() && judgement_.check.verdict == Verdict::pass) {
      judgement_.check.verdict = Verdict::inconclusive;
      judgement_.check.reason = unseen_;
    }
    for (std::size_t i = 0; i < table_.rows.size(); ++i) {
      judgement_.check.max_points += table_.rows[i].row.points;
      if (!row_failed_[i]) judgement_.check.points += table_.rows[i].row.points;
      judgement_.check.packet_rows.push_back(result_of(i));
    }
    return std::move(judgement_);
  }

 private:
  PacketRowResult result_of(std::size_t index) {
    const Row& row = table_.rows[index].row;
    PacketRowResult result{row.number, "", "", render_row_info(row), row.level};
    if (row.kind != RowKind::anything) {
      result.from = row.client;
      result.to = row.server.empty() ? std::string(kServerName) : row.server;
      if (row.from == Side::server) std::swap(result.from, result.to);
    }
    if (row_failed_[index]) {
      const bool is_seen = judgement_.check.verdict != Verdict::inconclusive;
      result.verdict = is_seen ? Verdict::fail : Verdict::inconclusive;
    }
    std::ranges::sort(row_packets_[index]);
    result.packets = std::move(row_packets_[index]);
    return result;
  }

  // The conversations of an actor that no row is about.
  void judge_without_rows(const ActorConversations& actor, const std::vector<ActorRows>& groups) {
    std::set<std::string> servers;
    for (const TcpConnection* const each : actor.tcp) servers.insert(traffic_.server_of(*each));
    for (const UdpExchange* const each : actor.udp) servers.insert(traffic_.server_of(*each));
    for (const std::string& server : servers) {
      const bool has_rows = std::ranges::any_of(groups, [&](const ActorRows& group) {
        return group.actor == actor.actor && group.server == server;
      });
      if (!has_rows) judge_actor({actor.actor, {}, server});
    }
  }

  ActorConversations conversations_of(const ActorRows& group) const {
    const ActorConversations* const client = traffic_.find(group.actor);
    const bool is_servers_own = client == nullptr && group.actor == group.server;
    return client == nullptr && !is_servers_own ? ActorConversations()
                                                : traffic_.between(client, group.server);
  }

  void judge_actor(const ActorRows& group) {
    RowGroup tcp;
    RowGroup udp;
    const RowGroup& rows = group.rows;
    found_ = conversations_of(group);
    server_ = group.server.empty() ? std::string(kServerName) : group.server;
    const bool only_udp = found_.tcp.empty() && !found_.udp.empty();
    for (std::size_t i = 0; i < rows.rows.size(); ++i) {
      const bool to_udp =
          is_udp(rows.rows[i]) || (rows.rows[i].kind == RowKind::anything && only_udp);
      (to_udp ? udp : tcp).add(rows.rows[i], rows.indexes[i]);
    }
    if (!tcp.rows.empty() || !found_.tcp.empty()) judge_tcp(group.actor, tcp);
    if (!udp.rows.empty() || !found_.udp.empty()) judge_udp(group.actor, udp);
  }

  void judge_tcp(const std::string& actor, const RowGroup& rows) {
    static const TcpConnection kNoConnection{};
    const std::size_t count = found_.tcp.size();
    const std::vector<RowGroup> groups = split_connections(rows, count);
    const bool open_ended = !rows.rows.empty() && rows.rows.back().kind == RowKind::anything;
    for (std::size_t i = 0; i < std::max(groups.size(), count); ++i) {
      if (i >= groups.size() && open_ended) break;
      const TcpConnection& connection = i < count ? *found_.tcp[i] : kNoConnection;
      const RowGroup& group = i < groups.size() ? groups[i] : RowGroup{};
      const MatchResult result = match_tcp(group.rows, connection, match_context(actor));
      if (!take_result(group, result)) continue;
      if (evidence_.offline && shows_end_only(connection)) {
        for (const std::size_t index : group.indexes) row_failed_[index] = true;
        if (unseen_.empty()) unseen_ = render_begun_before(connection);
        continue;
      }
      const MatchedTraffic matched{actor, &connection, nullptr, traffic_.start(), server_};
      judge_rows(group, result, matched);
      judge_packets(group, result, matched);
    }
  }

  void judge_udp(const std::string& actor, const RowGroup& rows) {
    const UdpExchange all = join_exchanges(found_.udp);
    const TcpConnection named = segments_of(all);
    const MatchResult result = match_udp(rows.rows, all, match_context(actor));
    if (!take_result(rows, result)) return;
    const MatchedTraffic matched{actor, &named, &all, traffic_.start(), server_};
    judge_rows(rows, result, matched);
    judge_packets(rows, result, matched);
  }

  void judge_rows(const RowGroup& group, const MatchResult& result, const MatchedTraffic& traffic) {
    for (const RowResult& row : result.rows) {
      const std::size_t index = group.indexes[row.row];
      for (const std::size_t packet : row.packets) {
        judgement_.notes[packet].rows.push_back({table_.name, table_.rows[index].row.number});
        row_packets_[index].push_back(packet);
      }
      const Row& written = group.rows[row.row];
      const bool has_place = !written.again || written.kind != RowKind::tcp;
      if (has_place && !row.packets.empty()) first_packet_[index] = row.packets.front();
      const bool fails =
          row.is_structural() || row.failed(evidence_.strict ? Level::should : Level::must);
      const std::string unseen =
          fails ? why_unseen(group, result, row, *traffic.connection) : std::string();
      if (!unseen.empty()) {
        note_unseen(index, row.level, unseen);
      } else if (fails || !row.differences.empty()) {
        RowFailure failure =
            describe_failed_row(group.rows[row.row], row, traffic, facts_of(traffic));
        fail(std::move(failure.diagnostic), failure.level, index);
        if (row.nearest && row.packets.empty()) told_packets_.insert(*row.nearest);
      }
      if (!row.is_structural()) judge_causes(group, row);
    }
  }

  // Why a capture cannot tell of a row that failed: it begins behind the opening, though what came
  // later acknowledges it, or behind more, or ends before the connection did. Empty: it can. A run
  // sees all.
  std::string why_unseen(const RowGroup& group, const MatchResult& result, const RowResult& failed,
                         const TcpConnection& connection) const {
    const Row& row = group.rows[failed.row];
    if (!evidence_.offline || row.kind != RowKind::tcp) return {};
    const bool is_missing = failed.state == RowState::missing;
    const bool opens = (row.flags & tcp_flag::kSyn) != 0;
    if (is_missing && opens && !has_event(connection, EventKind::open, row.from)) {
      const bool goes_on = std::ranges::any_of(connection.segments, [&](const Segment& segment) {
        return segment.from != row.from && segment.has(tcp_flag::kAck) &&
               !segment.has(tcp_flag::kRst);
      });
      if (goes_on || begins_in_middle(connection)) {
        return "the capture does not show the opening of the connection of " +
               render_endpoint(connection.client);
      }
      return {};
    }
    if (begins_in_middle(connection) && failed.row <= first_whole_row(group, result, row.from)) {
      return render_begun_before(connection);
    }
    if (!is_cut_off(connection)) return {};
    const bool is_behind = is_missing && failed.row >= count_seen_rows(group, result) &&
                           (!failed.nearest || is_obligation(row));
    return is_behind || failed.lacks_bytes ? render_cut_off(connection) : "";
  }

  void note_unseen(std::size_t index, Level level, const std::string& why) {
    row_failed_[index] = true;
    if (!unseen_.empty() || !counts(level)) return;
    unseen_ = fmt::format("{}: row {} is not judged", why, table_.rows[index].row.number);
  }

  void judge_packets(const RowGroup& group, const MatchResult& result,
                     const MatchedTraffic& traffic) {
    for (const PacketResult& packet : result.packets) {
      PacketNote& note = judgement_.notes[packet.packet];
      // A row's packet may be one that came late, repeats others beside what is new, or was sent
      // again, as the row says.
      const bool is_told = (contributes(packet.repeat) && packet.repeat != Repeat::none) ||
                           is_retransmission(packet.repeat);
      if (packet.state == PacketState::repeat || is_told) {
        note.remark = {PacketMark::repeat, packet.repeat, {}};
      }
      if (packet.state != PacketState::unexpected) continue;
      note.remark = {PacketMark::unexpected};
      judgement_.check.verdict = Verdict::fail;
      if (told_packets_.contains(packet.packet)) continue;
      Diagnostic diagnostic = describe_unexpected_packet(packet, traffic, facts_of(traffic));
      if (group.rows.empty()) {
        diagnostic.message =
            fmt::format("packet {} belongs to a connection without rows", packet.packet + 1);
      }
      fail(std::move(diagnostic), Level::must, std::nullopt);
    }
  }

  void judge_causes(const RowGroup& group, const RowResult& result) {
    if (result.packets.empty()) return;
    const auto cause = traffic_.causes().find(result.packets.front());
    if (cause == traffic_.causes().end()) return;
    const std::size_t index = group.indexes[result.row];
    for (RowFailure& failure : judge_cause_cells(group.rows[result.row], cause->second)) {
      if (index < table_.rows.size()) {
        const auto& cells = table_.rows[index].place.cells;
        const auto cell = cells.find(failure.column);
        if (cell != cells.end()) failure.diagnostic.span = cell->second;
      }
      fail(std::move(failure.diagnostic), failure.level, index);
    }
  }

  // `order: global`: rows of different connections are captured in the table's order as well.
  void check_global_order() {
    std::size_t latest = 0;
    std::optional<std::size_t> latest_row;
    for (const auto& [row, packet] : first_packet_) {
      if (table_.rows[row].row.any_order) continue;
      const bool other_client =
          latest_row && table_.rows[*latest_row].row.client != table_.rows[row].row.client;
      if (other_client && packet < latest) {
        Diagnostic diagnostic;
        diagnostic.message =
            fmt::format("row {} was captured before row {}: packet {} before packet {}",
                        table_.rows[row].row.number, table_.rows[*latest_row].row.number,
                        packet + 1, latest + 1);
        diagnostic.notes.push_back(
            {"", "`order: global` compares the order of different connections"});
        fail(std::move(diagnostic), table_.rows[row].row.level, row);
      }
      if (!latest_row || packet >= latest) {
        latest = packet;
        latest_row = row;
      }
    }
  }

  // False where the search gave up: it has decided nothing of these rows.
  bool take_result(const RowGroup& group, const MatchResult& result) {
    CheckResult& check = judgement_.check;
    if (!check.history.empty() && !result.history.empty()) check.history += ' ';
    check.history += result.history;
    for (const std::string& variant : result.variants) add_once(check.variants, variant);
    if (result.beyond_limit.empty()) return true;
    if (unseen_.empty()) {
      unseen_ = result.beyond_limit + " (write the Len of more rows, so that less is left open)";
    }
    for (const std::size_t index : group.indexes) {
      if (index < row_failed_.size()) row_failed_[index] = true;
    }
    return false;
  }

  bool counts(Level level) const {
    return level == Level::must || (level == Level::should && evidence_.strict);
  }

  // A failure of a level that does not count becomes a warning.
  void fail(Diagnostic diagnostic, Level level, std::optional<std::size_t> row) {
    diagnostic.severity = counts(level) ? Severity::error : Severity::warning;
    if (!diagnostic.span) {
      diagnostic.span =
          row && *row < table_.rows.size() ? table_.rows[*row].place.row : table_.span;
    }
    if (counts(level)) judgement_.check.verdict = Verdict::fail;
    if (counts(level) && row) row_failed_[*row] = true;
    if (level != Level::info) judgement_.failures.push_back(std::move(diagnostic));
  }

  // `{n}` in a payload is the number of the client, as in the session.
  MatchContext match_context(const std::string& actor) {
    variables_ = evidence_.played.variables;
    variables_["n"] = client_number(plan_, actor);
    return {scenario_.front.match, &scenario_.layouts, &variables_,
            evidence_.fates_unknown ? FateCells::unknown : FateCells::compared};
  }

  // What came in the place of an answer does not tell how much the server had read.
  bool lacks_answer(const std::string& actor) const {
    return std::ranges::any_of(evidence_.played.failures, [&](const FailedStep& failed) {
      return failed.actor == actor && failed.playing < plan_.steps.size() &&
             step_traits(plan_.steps[failed.playing].step->action).takes_reply;
    });
  }

  // Whether the client's FIN waits alone in the server's socket, which has answered all before it.
  bool has_unread_end(const TcpConnection& connection) const {
    const bool was_answered = !connection.server_stream.empty();
    return was_answered && std::ranges::any_of(evidence_.holders, [&](const SocketHolder& holder) {
             return holder.client == connection.client && holder.unread == 1;
           });
  }

  SessionFacts facts_of(const MatchedTraffic& traffic) {
    SessionFacts facts;
    facts.offline = evidence_.offline;
    facts.passages = evidence_.path_passages;
    facts.fin_holder = find_fin_holder(evidence_.holders, traffic.connection->client);
    facts.client_waits_for_eof = !scenario_.session;
    facts.unread = count_unread(evidence_, traffic.actor, *traffic.connection);
    if (has_unread_end(*traffic.connection)) {
      facts.left_before = find_left_before(traffic_, *traffic.connection);
    }
    if (!scenario_.session) return facts;
    const auto [found, is_new] = exchanges_.try_emplace(traffic.actor);
    ExchangeCounts& counts = found->second;
    if (is_new) counts = count_exchanges(plan_, traffic.actor);
    facts.client_waits_for_eof = counts.waits_for_end;
    facts.requests = counts.requests;
    facts.replies = lacks_answer(traffic.actor) ? 0 : counts.replies;
    return facts;
  }

  const PacketTable& table_;
  const Scenario& scenario_;
  const Evidence& evidence_;
  const Traffic& traffic_;
  SessionPlan plan_;          // empty: there is no session
  ActorConversations found_;  // those of the rows that are judged now
  std::string server_;        // who is at their server's end
  SectionJudgement judgement_;
  std::vector<bool> row_failed_;
  std::vector<std::vector<std::size_t>> row_packets_;
  std::map<std::size_t, std::size_t> first_packet_;  // of a row, for `order: global`
  std::set<std::size_t> told_packets_;  // in the place of which row they stand was said
  std::map<std::string, ExchangeCounts> exchanges_;  // by actor, as rows of it fail
  Variables variables_;
  std::string unseen_;  // why nothing can be told of a row
};

}  // namespace

SectionJudgement judge_table(const PacketTable& table, const Scenario& scenario,
                             const Evidence& evidence) {
  assert(evidence.traffic);
  return TableJudge(table, scenario, evidence).judge();
}

}  // namespace wireproof
