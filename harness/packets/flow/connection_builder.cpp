#include "packets/flow/connection_builder.h"

#include <algorithm>

#include "packets/wire/packet.h"
#include "packets/wire/transport.h"

namespace wireproof {

namespace {

// Positions that a segment takes (SEG.LEN of RFC 9293 §3.4). The data of a RST tells why it was
// sent, and is of no stream (§3.5.3).
std::uint64_t position_count(const Segment& segment) {
  if (segment.has(tcp_flag::kRst)) return 0;
  return std::uint64_t{segment.payload_size} + (segment.has(tcp_flag::kSyn) ? 1U : 0U) +
         (segment.has(tcp_flag::kFin) ? 1U : 0U);
}

}  // namespace

ConnectionBuilder::ConnectionBuilder(const Endpoint& client, const Endpoint& server) {
  connection_.client = client;
  connection_.server = server;
}

bool ConnectionBuilder::confirms_opening(Side opener, const TcpHeader& syn, Side from,
                                         const TcpHeader& segment) const {
  ConnectionNumbers numbers = numbers_;
  numbers.add(way(opener), syn, 0);
  return numbers.confirms_opening(way(from), segment);
}

Segment ConnectionBuilder::make_segment(std::size_t index, Side from, const Packet& packet) {
  const TcpHeader& header = *packet.tcp();
  Segment segment;
  segment.packet = index;
  segment.from = from;
  segment.time = packet.raw.time;
  segment.flags = header.flags;
  segment.numbers = numbers_.add(way(from), header, packet.payload_size);
  segment.payload_size = packet.payload_size;
  segment.payload = packet.payload;
  if (segment.has(tcp_flag::kSyn)) segment.mss = read_tcp_options(header.options).mss;
  return segment;
}

void ConnectionBuilder::add_event(EventKind kind, PositionRange range, const Segment& segment) {
  connection_.events.push_back({kind, segment.from, static_cast<std::uint64_t>(range.begin),
                                static_cast<std::uint64_t>(range.end),
                                connection_.segments.size() - 1, 0});
}

bool ConnectionBuilder::add_reset(const Segment& segment, bool was_closed) {
  SideHistory& history = state(segment.from).history;
  if (history.has_rst) return false;
  // RFC 9293 §3.10.7.1: a socket that is gone answers whatever comes late with RST. Once each side
  // has acknowledged the other's FIN there is no direction left that it could end.
  if (was_closed) return false;
  history.has_rst = true;
  const std::int64_t number = std::max(segment.numbers.seq, history.next);
  add_event(EventKind::rst, {number, number}, segment);
  return true;
}

// What stands before the SYN is of no connection, or of one that had the endpoints before this one.
bool ConnectionBuilder::add_bytes(const Segment& segment, std::int64_t begin) {
  SideState& own = state(segment.from);
  const std::int64_t top = own.reassembler.top();
  const std::int64_t end = begin + segment.payload_size;
  const std::int64_t first = own.has_syn ? std::max<std::int64_t>(begin, 1) : begin;
  const std::vector<PositionRange> added = own.reassembler.add({first, end});
  for (const PositionRange part : added) {
    own.reassembler.store(part, begin, segment.payload);
    add_event(EventKind::bytes, part, segment);
    if (part.begin < top) connection_.segments.back().repeat = Repeat::out_of_order;
  }
  return !added.empty();
}

bool ConnectionBuilder::add_events(const Segment& segment) {
  SideState& own = state(segment.from);
  bool contributes = false;
  std::int64_t at = segment.numbers.seq;
  if (segment.has(tcp_flag::kSyn)) {
    own.has_syn = true;
    for (const PositionRange part : own.reassembler.add({at, at + 1})) {
      add_event(EventKind::open, part, segment);
      contributes = true;
    }
    ++at;
  }
  contributes = add_bytes(segment, at) || contributes;
  at += segment.payload_size;
  if (segment.has(tcp_flag::kFin) && (at > 0 || !own.has_syn)) {
    for (const PositionRange part : own.reassembler.add({at, at + 1})) {
      add_event(EventKind::fin, part, segment);
      contributes = true;
    }
  }
  return contributes;
}

void ConnectionBuilder::note_sent(const Segment& segment, std::uint64_t size) {
  SideHistory& history = state(segment.from).history;
  const std::int64_t end = segment.numbers.seq + static_cast<std::int64_t>(size);
  history.next = history.has_sent ? std::max(history.next, end) : end;
  history.has_sent = true;
  if (segment.has(tcp_flag::kAck)) {
    history.ack = std::max(history.ack, segment.numbers.ack);
    history.window_bytes = segment.numbers.window_bytes;
    history.has_ack = true;
  }
  history.keep_alive_open =
      segment.repeat == Repeat::keep_alive || segment.repeat == Repeat::zero_window_probe;
  state(other_side(segment.from)).history.keep_alive_open = false;
}

// What the receiver takes: not a SYN of another number (RFC 9293 §3.10.7.4, RFC 5961 §4), no RST
// beyond the window (§3), nothing that lies farther away than a window may reach (RFC 7323 §2.3).
Repeat ConnectionBuilder::refusal(const Segment& segment, const TcpHeader& header) const {
  constexpr std::int64_t kMaxWindowBytes = std::int64_t{1} << 30;
  const Way from = way(segment.from);
  if (segment.has(tcp_flag::kSyn)) {
    return numbers_.is_base(from, header) ? Repeat::none : Repeat::stray_syn;
  }
  const bool is_reset = segment.has(tcp_flag::kRst);
  if (is_reset && numbers_.is_beyond_window(from, segment.numbers.seq)) {
    return Repeat::out_of_window;
  }
  const SideHistory& own = state(segment.from).history;
  const bool is_old = own.has_sent && segment.numbers.seq < own.next - kMaxWindowBytes;
  return is_old ? Repeat::out_of_window : Repeat::none;
}

void ConnectionBuilder::add(std::size_t index, Side from, const Packet& packet) {
  const bool was_closed = numbers_.are_both_closed();
  const Segment segment = make_segment(index, from, packet);
  if (packet.is_cut()) connection_.truncated = true;
  connection_.segments.push_back(segment);
  Segment& stored = connection_.segments.back();
  stored.repeat = refusal(segment, *packet.tcp());
  if (stored.repeat != Repeat::none) return;
  SideState& own = state(from);
  const SideHistory& peer = state(other_side(from)).history;
  const std::uint64_t size = position_count(segment);
  const bool believed = own.reassembler.believes(segment.numbers.seq);
  // Without a SYN the garbage octet of a keep-alive may stand before all that was seen.
  const bool is_garbage =
      segment.numbers.seq < 1 && is_keep_alive(segment, size, own.history, peer);
  bool contributes = segment.has(tcp_flag::kRst) ? add_reset(segment, was_closed)
                                                 : !is_garbage && add_events(segment);
  if (!believed && !contributes) return;
  if (!contributes) stored.repeat = classify_repeat(segment, size, own.history, peer);
  note_sent(stored, size);
}

// Turns numbers into positions.
void ConnectionBuilder::count_from_first_byte() {
  connection_.client_early_bytes = 1 - state(Side::client).reassembler.stream_begin();
  connection_.server_early_bytes = 1 - state(Side::server).reassembler.stream_begin();
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
    const SideState& own = state(side);
    const std::int64_t begin = own.has_syn ? 0 : own.reassembler.stream_begin();
    std::int64_t acknowledged = state(other_side(side)).history.ack;
    // Behind a FIN nothing can be missing: who acknowledges more is wrong (RFC 9293 §3.10.7.4).
    const bool has_ended = has_event(connection_, EventKind::fin, side);
    if (has_ended) acknowledged = std::min(acknowledged, own.reassembler.top());
    for (const PositionRange gap : own.reassembler.gaps({begin, acknowledged})) {
      connection_.holes.push_back({side, position(side, gap.begin), position(side, gap.end)});
    }
  }
}

TcpConnection ConnectionBuilder::take(ZeroBudget& zeros) {
  connection_.has_syn = state(Side::client).has_syn;
  connection_.ended = numbers_.has_ended();
  count_from_first_byte();
  connection_.client_stream = state(Side::client).reassembler.take_stream(zeros);
  connection_.server_stream = state(Side::server).reassembler.take_stream(zeros);
  return std::move(connection_);
}

bool is_keep_alive(const Segment& segment, std::uint64_t size, const SideHistory& own,
                   const SideHistory& other) {
  if (segment.has(tcp_flag::kSyn | tcp_flag::kFin | tcp_flag::kRst)) return false;
  if (size > 1 || !own.has_sent || segment.numbers.seq + 1 != own.next) return false;
  return size == 0 || other.ack >= own.next;
}

Repeat classify_repeat(const Segment& segment, std::uint64_t size, const SideHistory& own,
                       const SideHistory& other) {
  // Each RST answers a segment (RFC 9293 §3.10.7.1): none is sent again.
  if (segment.has(tcp_flag::kRst)) return Repeat::reset_after_end;
  if (is_keep_alive(segment, size, own, other)) {
    // RFC 9293 §3.8.6.1: probing a closed window looks the same but for the window.
    const bool window_closed = other.has_ack && other.window_bytes == 0;
    return window_closed ? Repeat::zero_window_probe : Repeat::keep_alive;
  }
  if (size > 0) return Repeat::retransmission;
  if (!own.has_ack || segment.numbers.ack > own.ack) {
    return segment.numbers.window_bytes == 0 ? Repeat::zero_window : Repeat::pure_ack;
  }
  const bool same_window = segment.numbers.window_bytes == own.window_bytes;
  if (same_window && other.keep_alive_open) return Repeat::keep_alive_ack;
  if (segment.numbers.window_bytes == 0) return Repeat::zero_window;
  const bool same_ack = segment.numbers.ack == own.ack;
  if (same_ack && !same_window) return Repeat::window_update;
  // RFC 5681 §2: (a) there is data that it could acknowledge, (b) it has none, (c) nor SYN or FIN,
  // (d) it acknowledges what was acknowledged last, (e) and offers the window of then.
  const bool is_outstanding = other.next > own.ack;
  return same_ack && is_outstanding ? Repeat::duplicate_ack : Repeat::repeated_ack;
}

}  // namespace wireproof
