#include "packets/flow/connection_builder.h"

#include <algorithm>

#include "packets/wire/tcp_options.h"

namespace wireproof {
namespace {

std::uint64_t not_negative(std::int64_t position) {
  return position < 0 ? 0 : static_cast<std::uint64_t>(position);
}

// Positions that a segment takes (SEG.LEN of RFC 9293 §3.4).
std::uint64_t position_count(const Segment& segment) {
  return std::uint64_t{segment.payload_size} + (segment.has(tcp_flag::kSyn) ? 1U : 0U) +
         (segment.has(tcp_flag::kFin) ? 1U : 0U);
}

}  // namespace

ConnectionBuilder::ConnectionBuilder(const Endpoint& client, const Endpoint& server) {
  connection_.client = client;
  connection_.server = server;
}

bool ConnectionBuilder::is_new_opening(Side from, const TcpHeader& header) const {
  const Direction& own = direction(from);
  if (!own.has_syn) {
    // RFC 9293 §3.5: both ends may open at the same time; then nothing else was sent yet.
    const bool simultaneous = connection_.has_syn && connection_.events.size() == 1;
    return !connection_.segments.empty() && !simultaneous;
  }
  return own.space.initial() != header.sequence;
}

// Without a SYN the first number of a direction is that of stream byte 0; an ACK seen before
// tells it as well, for it names the next byte.
void ConnectionBuilder::start_spaces(Side from, const Packet& packet) {
  const TcpHeader& header = *packet.tcp();
  Direction& own = direction(from);
  Direction& other = direction(other_side(from));
  const bool opens = (header.flags & tcp_flag::kSyn) != 0;
  if (!own.space.started()) own.space.start(opens ? header.sequence : header.sequence - 1);
  const bool acknowledges = (header.flags & tcp_flag::kAck) != 0;
  if (!other.space.started() && acknowledges) other.space.start(header.acknowledgement - 1);
}

Segment ConnectionBuilder::make_segment(std::size_t index, Side from, const Packet& packet) {
  const TcpHeader& header = *packet.tcp();
  Direction& own = direction(from);
  Segment segment;
  segment.packet = index;
  segment.from = from;
  segment.time = packet.raw.time;
  segment.flags = header.flags;
  segment.seq = not_negative(own.space.position(header.sequence));
  const SequenceSpace& other = direction(other_side(from)).space;
  if (segment.has(tcp_flag::kAck)) {
    segment.ack = not_negative(other.position(header.acknowledgement));
  }
  segment.payload_size = packet.payload_size;
  segment.payload = packet.payload;
  segment.window_bytes = header.window;
  if (!header.options.empty() && segment.has(tcp_flag::kSyn)) {
    const TcpOptions options = read_tcp_options(header.options);
    segment.mss = options.mss;
    own.window_scale = options.window_scale;
  }
  // RFC 7323 §2.2: the window of a SYN is never scaled, and a scale counts if both sides sent one.
  const std::optional<std::uint8_t> other_scale = direction(other_side(from)).window_scale;
  if (!segment.has(tcp_flag::kSyn) && own.window_scale && other_scale) {
    // RFC 7323 §2.3: a shift above 14 is used as 14.
    segment.window_bytes <<= std::min<unsigned>(*own.window_scale, 14);
  }
  return segment;
}

void ConnectionBuilder::add_event(EventKind kind, PositionRange range, const Segment& segment) {
  connection_.events.push_back(
      {kind, segment.from, range.begin, range.end, connection_.segments.size() - 1, segment.ack});
}

bool ConnectionBuilder::add_reset(const Segment& segment) {
  Direction& own = direction(segment.from);
  if (own.history.has_rst) return false;
  // RFC 9293 §3.10.7.1: a socket that is gone answers whatever comes late with RST. Once each side
  // has acknowledged the other's FIN there is no direction left that it could end.
  if (both_closed_) return false;
  own.history.has_rst = true;
  const std::uint64_t position = std::max(segment.seq, own.history.next);
  add_event(EventKind::rst, {position, position}, segment);
  return true;
}

bool ConnectionBuilder::add_events(const Segment& segment) {
  Direction& own = direction(segment.from);
  bool contributes = false;
  bool fills_hole = false;
  const std::uint64_t top = own.reassembler.top();
  std::uint64_t at = segment.seq;
  if (segment.has(tcp_flag::kSyn)) {
    own.has_syn = true;
    for (const PositionRange part : own.reassembler.add({at, at + 1})) {
      add_event(EventKind::open, part, segment);
      contributes = true;
    }
    ++at;
  }
  const std::uint64_t bytes_end = at + segment.payload_size;
  for (const PositionRange part : own.reassembler.add({at, bytes_end})) {
    own.reassembler.store(part, at, segment.payload);
    add_event(EventKind::bytes, part, segment);
    contributes = true;
    fills_hole = fills_hole || part.begin < top;
  }
  if (segment.has(tcp_flag::kFin)) {
    for (const PositionRange part : own.reassembler.add({bytes_end, bytes_end + 1})) {
      add_event(EventKind::fin, part, segment);
      own.fin = part.begin;
      contributes = true;
    }
  }
  if (fills_hole) connection_.segments.back().repeat = Repeat::out_of_order;
  return contributes;
}

void ConnectionBuilder::note_sent(const Segment& segment, std::uint64_t size) {
  Direction& own = direction(segment.from);
  Direction& other = direction(other_side(segment.from));
  SideHistory& history = own.history;
  history.next = std::max(history.next, segment.seq + size);
  if (segment.has(tcp_flag::kAck)) {
    history.ack = std::max(history.ack, segment.ack);
    history.window_bytes = segment.window_bytes;
    history.has_ack = true;
    if (segment.ack <= other.history.next + kMaxGapBytes) {
      other.space.advance(static_cast<std::int64_t>(segment.ack));
    }
  }
  own.space.advance(static_cast<std::int64_t>(history.next));
  history.keep_alive_open =
      segment.repeat == Repeat::keep_alive || segment.repeat == Repeat::zero_window_probe;
  other.history.keep_alive_open = false;
}

void ConnectionBuilder::note_ended() {
  const Direction& client = directions_[0];
  const Direction& server = directions_[1];
  both_closed_ = client.fin && server.fin && server.history.ack > *client.fin &&
                 client.history.ack > *server.fin;
  connection_.ended = both_closed_ || client.history.has_rst || server.history.has_rst;
}

void ConnectionBuilder::add(std::size_t index, Side from, const Packet& packet) {
  start_spaces(from, packet);
  Segment segment = make_segment(index, from, packet);
  if (packet.payload.size() < packet.payload_size) connection_.truncated = true;
  const std::int64_t position = direction(from).space.position(packet.tcp()->sequence);
  // Bytes before stream byte 0 belong to what was sent before the capture began.
  const auto early = position < 0 ? static_cast<std::uint64_t>(-position) : 0;
  const auto cut = static_cast<std::uint32_t>(std::min<std::uint64_t>(early, segment.payload_size));
  Segment shown = segment;
  shown.payload_size -= cut;
  shown.payload = segment.payload.subspan(std::min<std::size_t>(cut, segment.payload.size()));
  const std::uint64_t size = position_count(shown);
  connection_.segments.push_back(segment);
  if (from == Side::client && segment.has(tcp_flag::kSyn)) connection_.has_syn = true;
  bool contributes = add_events(shown);
  if (segment.has(tcp_flag::kRst)) contributes = add_reset(segment) || contributes;
  Segment& stored = connection_.segments.back();
  const bool believed = segment.seq <= direction(from).history.next + kMaxGapBytes;
  if (!believed && !contributes) return;
  if (!contributes) {
    stored.repeat = classify_repeat(segment, size, direction(from).history,
                                    direction(other_side(from)).history);
  }
  note_sent(stored, size);
  note_ended();
}

TcpConnection ConnectionBuilder::take() {
  for (const Side side : {Side::client, Side::server}) {
    Direction& own = direction(side);
    const std::uint64_t begin = own.has_syn ? 0 : 1;
    const std::uint64_t acknowledged = direction(other_side(side)).history.ack;
    for (const PositionRange gap : own.reassembler.gaps({begin, std::max(begin, acknowledged)})) {
      connection_.holes.push_back({side, gap.begin, gap.end});
    }
    (side == Side::client ? connection_.client_stream : connection_.server_stream) =
        own.reassembler.take_stream();
  }
  return std::move(connection_);
}

}  // namespace wireproof
