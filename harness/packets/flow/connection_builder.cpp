#include "packets/flow/connection_builder.h"

#include <algorithm>
#include <utility>

#include "packets/wire/packet.h"
#include "packets/wire/transport.h"

namespace wireproof {
namespace {

Segment make_segment(std::size_t index, Side from, const Packet& packet,
                     const TrackedSegment& tracked) {
  const TcpHeader& header = *packet.tcp();
  Segment segment;
  segment.packet = index;
  segment.from = from;
  segment.time = packet.raw.time;
  segment.fate = packet.raw.fate;
  segment.flags = header.flags;
  segment.numbers = tracked.numbers;
  segment.repeat = tracked.repeat;
  segment.payload_size = packet.payload_size;
  segment.payload = packet.payload;
  if (segment.has(tcp_flag::kSyn)) segment.mss = read_tcp_options(header.options).mss;
  return segment;
}

// Of the segment's first byte.
std::int64_t payload_begin(const Segment& segment) {
  return segment.numbers.seq + (segment.has(tcp_flag::kSyn) ? 1 : 0);
}

}  // namespace

ConnectionBuilder::ConnectionBuilder(const Endpoint& client, const Endpoint& server) {
  connection_.client = client;
  connection_.server = server;
}

void ConnectionBuilder::add_event(const NewPart& part) {
  connection_.events.push_back(
      {part.kind, connection_.segments.back().from, static_cast<std::uint64_t>(part.range.begin),
       static_cast<std::uint64_t>(part.range.end), connection_.segments.size() - 1, 0});
}

void ConnectionBuilder::add_bytes(PositionRange part) {
  const Segment& segment = connection_.segments.back();
  stream(segment.from).store(part, payload_begin(segment), segment.payload);
  add_event({EventKind::bytes, part});
}

// What a host sends again are the same bytes (RFC 9293 §3.8.1); the first ones are kept.
void ConnectionBuilder::note_conflict() {
  Segment& segment = connection_.segments.back();
  const bool repeats = is_retransmission(segment.repeat) || contributes(segment.repeat);
  if (!repeats || !stream(segment.from).differ(payload_begin(segment), segment.payload)) return;
  segment.repeat =
      contributes(segment.repeat) ? Repeat::conflicting_overlap : Repeat::conflicting_repeat;
}

void ConnectionBuilder::take_reset_back(Side from) {
  auto& events = connection_.events;
  const auto reset = std::find_if(events.rbegin(), events.rend(), [from](const Event& event) {
    return event.kind == EventKind::rst && event.from == from;
  });
  if (reset == events.rend()) return;
  connection_.segments[reset->segment].repeat = Repeat::stray_reset;
  events.erase(std::next(reset).base());
}

void ConnectionBuilder::add(std::size_t index, Side from, const Packet& packet) {
  const TrackedSegment tracked = tracker_.add(way(from), packet, parts_);
  if (tracked.takes_reset_back) take_reset_back(from);
  if (packet.is_cut()) connection_.truncated = true;
  connection_.segments.push_back(make_segment(index, from, packet, tracked));
  if (packet.payload_size > 0 && !tracked.is_usual) note_conflict();
  if (tracked.is_usual && packet.payload_size > 0) {
    const std::int64_t begin = tracked.numbers.seq;
    return add_bytes({begin, begin + packet.payload_size});
  }
  if (tracked.is_usual) return;
  for (const NewPart& part : parts_) {
    if (part.kind == EventKind::bytes) {
      add_bytes(part.range);
    } else {
      add_event(part);
    }
  }
}

// Turns numbers into positions.
void ConnectionBuilder::count_from_first_byte() {
  connection_.client_early_bytes = 1 - stream(Side::client).stream_begin();
  connection_.server_early_bytes = 1 - stream(Side::server).stream_begin();
  const auto position = [this](Side side, std::int64_t number) {
    const std::int64_t early =
        side == Side::client ? connection_.client_early_bytes : connection_.server_early_bytes;
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, number + early));
  };
  for (Segment& segment : connection_.segments) {
    segment.seq = position(segment.from, segment.numbers.seq);
    if (!segment.has(tcp_flag::kAck)) continue;
    segment.ack = position(other_side(segment.from), segment.numbers.ack);
  }
  for (Event& event : connection_.events) {
    event.begin = position(event.from, static_cast<std::int64_t>(event.begin));
    event.end = position(event.from, static_cast<std::int64_t>(event.end));
    event.ack = connection_.segments[event.segment].ack;
  }
  for (const Side side : {Side::client, Side::server}) {
    const SideHistory& own = tracker_.side(way(side));
    const std::int64_t begin = own.has_syn ? 0 : stream(side).stream_begin();
    std::int64_t acknowledged = tracker_.side(way(other_side(side))).ack;
    // Behind a FIN nothing can be missing: who acknowledges more is wrong (RFC 9293 §3.10.7.4).
    const bool has_ended = has_event(connection_, EventKind::fin, side);
    if (has_ended) acknowledged = std::min(acknowledged, own.seen.top());
    for (const PositionRange gap : own.seen.gaps({begin, acknowledged})) {
      connection_.holes.push_back({side, position(side, gap.begin), position(side, gap.end)});
    }
  }
}

TcpConnection ConnectionBuilder::take(ZeroBudget& zeros) {
  connection_.has_syn = tracker_.side(Way::forward).has_syn;
  connection_.ended = tracker_.has_ended();
  count_from_first_byte();
  connection_.client_stream = stream(Side::client).take_stream(zeros);
  connection_.server_stream = stream(Side::server).take_stream(zeros);
  return std::move(connection_);
}

}  // namespace wireproof
