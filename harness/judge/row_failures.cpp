#include "judge/row_failures.h"

#include <fmt/format.h>

#include <algorithm>

#include "expect/cause/call_facts.h"
#include "expect/match/row.h"
#include "judge/program_judge.h"
#include "result/packet_line.h"

namespace wireproof {
namespace {

std::string direction(Side from, const MatchedTraffic& traffic) {
  return from == Side::client ? traffic.actor + " > " + traffic.server
                              : traffic.server + " > " + traffic.actor;
}

// The nearest packet of a failed row, as the messages show it.
struct NearestPacket {
  std::string info;   // may be empty: there is none
  std::string shown;  // with its number and time
};

std::string describe_packet(std::size_t packet, const std::string& info, Timestamp time,
                            const MatchedTraffic& traffic) {
  return fmt::format("{}  (packet {}, {})", info, packet + 1,
                     render_milliseconds(time - traffic.start));
}

std::string info_of(const Segment& segment, const MatchedTraffic& traffic) {
  if (traffic.datagrams == nullptr) return render_segment_info(segment);
  const auto& all = traffic.datagrams->datagrams;
  const auto datagram = std::ranges::find(all, segment.packet, &Datagram::packet);
  return datagram == all.end() ? "" : render_datagram_info(*datagram);
}

NearestPacket find_nearest(const RowResult& result, const MatchedTraffic& traffic) {
  std::optional<std::size_t> shown = result.nearest;
  if (!shown && !result.packets.empty()) shown = result.packets.front();
  if (!shown) return {};
  const auto& segments = traffic.connection->segments;
  const auto segment = std::ranges::find(segments, *shown, &Segment::packet);
  if (segment == segments.end()) return {};
  const std::string info = info_of(*segment, traffic);
  return {info, describe_packet(*shown, info, segment->time, traffic)};
}

// What differs counts as the strongest difference does, and no more than its row.
Level level_of(const Row& row, const RowResult& result) {
  if (result.is_structural()) return row.level;
  Level strongest = Level::info;
  for (const FieldDifference& difference : result.differences) {
    strongest = std::min(strongest, difference.level);
  }
  return std::max(row.level, strongest);
}

std::string describe_message(const Row& row, const RowResult& result, const MatchedTraffic& traffic,
                             const std::string& nearest_info) {
  const std::string sender = party_words(row.from == Side::client ? traffic.actor : traffic.server);
  const std::string info = render_row_info(row);
  if (result.state == RowState::out_of_order) {
    return fmt::format("{}'s {} of row {} is out of order", sender, info, row.number);
  }
  if (result.state == RowState::missing && !nearest_info.empty()) {
    return fmt::format("{} sent {} where the table expects {}", sender, nearest_info, info);
  }
  if (result.state == RowState::missing) {
    return fmt::format("{} sent nothing for the {} of row {}", sender, info, row.number);
  }
  const FieldDifference& first = result.differences.front();
  return fmt::format("{} of row {} is {}, the table expects {}", first.field, row.number,
                     first.captured, first.expected);
}

// What was joined to the packet for one column.
struct JoinedCall {
  const char* column;
  const std::string& cell;
  const Doers& doers;
  bool inferred;
};

// A server that ends its sending by shutdown() and closes then is as right as one that closes:
// both send the same FIN.
bool names_call(const std::string& cell, const std::string& call, Side side) {
  if (same_call(cell, call)) return true;
  return side == Side::server && call_family(cell) == CallFamily::close &&
         call_family(call) == CallFamily::shutdown;
}

bool names_one_of(const std::string& cell, const Doers& doers, Side side) {
  if (doers.kernel) return same_call(cell, render_doers(doers));
  return std::ranges::any_of(doers.calls,
                             [&](const std::string& call) { return names_call(cell, call, side); });
}

RowFailure describe_cell(const JoinedCall& joined, const Row& row, const Cause& cause) {
  RowFailure failure;
  failure.column = joined.column;
  failure.level = joined.inferred ? std::max(row.level, Level::should) : row.level;
  failure.diagnostic.message = fmt::format(
      "{} of row {} is {}, the table expects {}", joined.column, row.number,
      joined.doers.empty() ? "no call" : render_doers(joined.doers) + "()", joined.cell);
  auto& notes = failure.diagnostic.notes;
  if (joined.inferred) notes.push_back({"", "the call was inferred from the packets"});
  if (!joined.inferred && !cause.facts.empty()) notes.push_back({"", render_facts(cause.facts)});
  return failure;
}

}  // namespace

std::string render_row_info(const Row& row) {
  std::string info;
  switch (row.kind) {
    case RowKind::tcp:
      info = render_tcp_flags(row.flags);
      break;
    case RowKind::udp:
      info = "UDP";
      break;
    case RowKind::port_unreachable:
      return "ICMP port unreachable";
    case RowKind::anything:
      return "…";
  }
  if (row.seq) info += fmt::format(" Seq={}", *row.seq);
  if (row.ack) info += fmt::format(" Ack={}", *row.ack);
  if (row.window) info += fmt::format(" Win={}", range_words(*row.window));
  if (row.length) info += fmt::format(" Len={}", range_words(*row.length));
  if (row.again) info += " again";
  return info;
}

std::string render_segment_info(const Segment& segment) {
  std::string info = render_tcp_flags(segment.flags);
  info += fmt::format(" Seq={}", segment.numbers.seq);
  if (segment.has(tcp_flag::kAck)) info += fmt::format(" Ack={}", segment.numbers.ack);
  info += fmt::format(" Len={}", segment.payload_size);
  return info;
}

std::string render_datagram_info(const Datagram& datagram) {
  if (datagram.port_unreachable) return "ICMP port unreachable";
  return fmt::format("UDP Len={}", datagram.payload_size);
}

RowFailure describe_failed_row(const Row& row, const RowResult& result,
                               const MatchedTraffic& traffic, const SessionFacts& facts) {
  const NearestPacket nearest = find_nearest(result, traffic);
  RowFailure failure;
  failure.level = level_of(row, result);
  Diagnostic& diagnostic = failure.diagnostic;
  diagnostic.message = describe_message(row, result, traffic, nearest.info);
  diagnostic.label = fmt::format("row {}", row.number);
  const std::string way = direction(row.from, traffic);
  diagnostic.notes.push_back({"expected", way + "  " + render_row_info(row)});
  diagnostic.notes.push_back(
      {"captured", nearest.shown.empty() ? "no such packet" : way + "  " + nearest.shown});
  for (const FieldDifference& difference : result.differences) {
    diagnostic.notes.push_back({"", fmt::format("{}: expected {}, captured {}", difference.field,
                                                difference.expected, difference.captured)});
  }
  if (!result.reason.empty()) diagnostic.notes.push_back({"", result.reason});
  if (const auto why = explain_row(row, result, *traffic.connection, facts)) {
    diagnostic.notes.push_back({"why", why->text});
    diagnostic.explanation = why->id;
  }
  return failure;
}

Diagnostic describe_unexpected_packet(const PacketResult& packet, const MatchedTraffic& traffic,
                                      const SessionFacts& facts) {
  Diagnostic diagnostic;
  diagnostic.message = fmt::format("packet {} has no row", packet.packet + 1);
  for (const Segment& segment : traffic.connection->segments) {
    if (segment.packet != packet.packet) continue;
    const std::string way = segment.from == Side::client ? "client > server" : "server > client";
    diagnostic.notes.push_back(
        {"captured",
         way + "  " +
             describe_packet(packet.packet, info_of(segment, traffic), segment.time, traffic)});
    const auto why = explain_packet(segment, *traffic.connection, facts);
    if (!why) continue;
    diagnostic.notes.push_back({"why", why->text});
    diagnostic.explanation = why->id;
  }
  if (!packet.reason.empty()) diagnostic.notes.push_back({"", packet.reason});
  diagnostic.notes.push_back({"help", "a row `…` stands for packets that do not matter"});
  return diagnostic;
}

std::vector<RowFailure> judge_cause_cells(const Row& row, const Cause& cause) {
  std::vector<RowFailure> failures;
  for (const JoinedCall& joined :
       {JoinedCall{"Cause", row.cause, cause.call, cause.call_inferred},
        JoinedCall{"Blocked", row.blocked, cause.blocked, cause.blocked_inferred}}) {
    if (joined.cell.empty() || joined.cell == "*") continue;
    if (names_one_of(joined.cell, joined.doers, cause.side)) continue;
    failures.push_back(describe_cell(joined, row, cause));
  }
  return failures;
}

}  // namespace wireproof
