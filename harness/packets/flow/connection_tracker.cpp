#include "packets/flow/connection_tracker.h"

#include <algorithm>

#include "packets/wire/transport.h"

namespace wireproof {
namespace {

constexpr std::uint16_t kMarks = tcp_flag::kSyn | tcp_flag::kFin | tcp_flag::kRst;

std::int64_t count_positions(const std::vector<PositionRange>& ranges) {
  std::int64_t count = 0;
  for (const PositionRange range : ranges) count += range.end - range.begin;
  return count;
}

bool is_window_closed(const SideHistory& receiver) {
  return receiver.has_ack && receiver.window_bytes == 0;
}

std::optional<std::uint32_t> timestamp_of(const TcpHeader& header) {
  const std::optional<TcpTimestamps> timestamps = read_tcp_options(header.options).timestamps;
  return timestamps ? std::optional(timestamps->value) : std::nullopt;
}

}  // namespace

bool ConnectionTracker::confirms_opening(Way opener, const TcpHeader& syn, Way from,
                                         const TcpHeader& segment) const {
  ConnectionNumbers numbers = numbers_;
  numbers.add(opener, syn, 0);
  return numbers.confirms_opening(from, segment);
}

// Data that goes on where the last one ended, and an ACK of more than before: nearly all segments.
bool ConnectionTracker::add_usual(Way from, const SentSegment& segment, TrackedSegment& result) {
  if ((segment.flags & (kMarks | tcp_flag::kAck)) != tcp_flag::kAck) return false;
  SideHistory& own = history(from);
  const RelativeNumbers& numbers = segment.numbers;
  if (!own.has_ack || numbers.seq != own.next) return false;
  if (segment.payload_size == 0) {
    result.repeat = Repeat::pure_ack;
    return numbers.ack > own.ack && numbers.window_bytes != 0;
  }
  if (segment.payload_size == 1 && is_window_closed(side(opposite(from)))) return false;
  return own.seen.extend({numbers.seq, numbers.seq + segment.payload_size});
}

bool ConnectionTracker::add_parts(Way from, const SentSegment& segment,
                                  std::vector<NewPart>& parts) {
  SideHistory& own = history(from);
  const std::size_t before = parts.size();
  const auto add = [&](EventKind kind, PositionRange range) {
    if (range.begin >= range.end) return;
    if (own.seen.extend(range)) return parts.push_back({kind, range});
    for (const PositionRange part : own.seen.add(range)) parts.push_back({kind, part});
  };
  std::int64_t at = segment.numbers.seq;
  if (segment.has(tcp_flag::kSyn)) {
    own.has_syn = true;
    add(EventKind::open, {at, at + 1});
    ++at;
  }
  // What stands before the SYN is of no connection, or of one that had the endpoints before.
  const std::int64_t end = at + segment.payload_size;
  add(EventKind::bytes, {own.has_syn ? std::max<std::int64_t>(at, 1) : at, end});
  if (segment.has(tcp_flag::kFin) && (end > 0 || !own.has_syn)) add(EventKind::fin, {end, end + 1});
  return parts.size() > before;
}

bool ConnectionTracker::add_reset(Way from, const SentSegment& segment, PacketFate fate,
                                  std::vector<NewPart>& parts) {
  SideHistory& own = history(from);
  // RFC 9293 §3.10.7.1: a socket that is gone answers whatever comes late with RST. Once each side
  // has acknowledged the other's FIN there is no direction left that it could end.
  if (own.has_rst || was_closed_) return false;
  own.has_rst = has_arrived(fate);
  const std::int64_t number = std::max(segment.numbers.seq, own.next);
  parts.push_back({EventKind::rst, {number, number}});
  return true;
}

// What a segment is that contributes bytes or a FIN from that number on.
Repeat ConnectionTracker::classify_new(Way from, const SentSegment& segment, const Packet& packet,
                                       std::int64_t first) const {
  const SideHistory& own = side(from);
  const SideHistory& other = side(opposite(from));
  if (first < own.next) {
    // Its first copy was lost in front of the capture where it was asked for, or sent later than
    // what stands behind it (RFC 7323 §4.1: the clock of one end).
    if (other.asks_again() && first == other.ack) return Repeat::late_retransmission;
    const std::optional<std::uint32_t> time = timestamp_of(*packet.tcp());
    const bool is_later = own.has_gap_time && time && sequence_distance(own.gap_time, *time) > 0;
    return is_later ? Repeat::late_retransmission : Repeat::out_of_order;
  }
  const bool is_next = segment.numbers.seq == own.next;
  const bool is_byte = segment.payload_size == 1 && (segment.flags & kMarks) == 0;
  return is_next && is_byte && is_window_closed(other) ? Repeat::window_probe_byte : Repeat::none;
}

void ConnectionTracker::note_gap(SideHistory& own, const SentSegment& segment, const Packet& packet,
                                 TrackedSegment& result) {
  if (!own.has_sent || segment.has(tcp_flag::kRst) || segment.numbers.seq <= own.next) return;
  result.skipped_bytes = segment.numbers.seq - own.next;
  const std::optional<std::uint32_t> time = timestamp_of(*packet.tcp());
  own.has_gap_time = time.has_value();
  own.gap_time = time.value_or(0);
}

void ConnectionTracker::note_acknowledgement(Way from, const SentSegment& segment,
                                             TrackedSegment& result) {
  SideHistory& own = history(from);
  const SideHistory& other = side(opposite(from));
  const std::int64_t ack = segment.numbers.ack;
  own.window_bytes = segment.numbers.window_bytes;
  if (own.has_ack && ack <= own.ack) return;
  const std::int64_t begin = own.has_ack ? own.ack : other.seen.bottom();
  own.ack = std::max(own.ack, ack);
  own.has_ack = true;
  own.duplicate_acks = 0;
  if (other.seen.is_empty()) return;
  if (ack > other.seen.top() || !other.seen.is_whole_from(begin)) {
    result.unseen_bytes = count_positions(other.seen.gaps({begin, ack}));
  }
}

void ConnectionTracker::note_sent(Way from, const SentSegment& segment, TrackedSegment& result) {
  using Asked = SideHistory::Asked;
  SideHistory& own = history(from);
  SideHistory& other = history(opposite(from));
  const std::int64_t end = segment.numbers.seq + segment.size();
  own.next = own.has_sent ? std::max(own.next, end) : end;
  own.has_sent = true;
  if (segment.has(tcp_flag::kAck)) note_acknowledgement(from, segment, result);
  own.asked = Asked::nothing;
  other.asked = Asked::nothing;
  const Repeat repeat = result.repeat;
  if (repeat == Repeat::none || repeat == Repeat::pure_ack) return;
  if (repeat == Repeat::keep_alive) own.asked = Asked::keep_alive;
  if (repeat == Repeat::zero_window_probe || repeat == Repeat::window_probe_byte) {
    own.asked = Asked::window_probe;
  }
  if (repeat == Repeat::duplicate_ack && own.duplicate_acks + 1 < SideHistory::kAnswered) {
    ++own.duplicate_acks;
  }
  const bool answers = segment.numbers.seq == other.ack && is_retransmission(repeat);
  if (answers) other.duplicate_acks = SideHistory::kAnswered;
}

TrackedSegment ConnectionTracker::add(Way from, const Packet& packet, std::vector<NewPart>& parts) {
  was_closed_ = numbers_.are_both_closed();
  const TcpHeader& header = *packet.tcp();
  const NumberedSegment numbered = numbers_.add(from, header, packet.payload_size, packet.raw.fate);
  const SentSegment segment{header.flags, numbered.numbers, packet.payload_size};
  TrackedSegment result;
  result.numbers = numbered.numbers;
  result.repeat = numbered.refusal;
  result.takes_reset_back = numbered.takes_reset_back;
  if (result.takes_reset_back) history(from).has_rst = false;
  if (result.repeat != Repeat::none) {
    parts.clear();
    return result;
  }
  result.is_usual = add_usual(from, segment, result);
  if (!result.is_usual && !add_other(from, segment, packet, result, parts)) return result;
  note_sent(from, segment, result);
  return result;
}

// Whether its side is believed to have sent it.
bool ConnectionTracker::add_other(Way from, const SentSegment& segment, const Packet& packet,
                                  TrackedSegment& result, std::vector<NewPart>& parts) {
  parts.clear();
  SideHistory& own = history(from);
  const SideHistory& other = side(opposite(from));
  const bool believed = own.seen.believes(segment.numbers.seq);
  // Without a SYN the garbage octet of a keep-alive may stand before all that was seen.
  const bool is_garbage = segment.numbers.seq < 1 && is_keep_alive(segment, own, other);
  const bool contributes = segment.has(tcp_flag::kRst)
                               ? add_reset(from, segment, packet.raw.fate, parts)
                               : !is_garbage && add_parts(from, segment, parts);
  const auto part = std::ranges::find_if(parts, [](const NewPart& each) {
    return each.kind == EventKind::bytes || each.kind == EventKind::fin;
  });
  if (part != parts.end() && own.has_sent) {
    result.repeat = classify_new(from, segment, packet, part->range.begin);
  }
  if (!believed && !contributes) {
    result.skipped_bytes = segment.numbers.seq - own.next;
    return false;
  }
  if (!contributes) result.repeat = classify_repeat(segment, own, other);
  note_gap(own, segment, packet, result);
  return true;
}

TrackedSegment ConnectionTracker::add_or_begin(Way from, const Packet& packet,
                                               std::vector<NewPart>& parts) {
  const TcpHeader& header = *packet.tcp();
  bool begins = false;
  if (is_opening_syn(header) && opening(from, header) == Opening::another) {
    *this = {};
    begins = true;
  } else if (numbers_.confirms_opening(from, header)) {
    const Way opener = numbers_.opener(from);
    sides_ = {};
    SideHistory& own = history(opener);
    own.seen.add({0, 1});  // the SYN
    own.next = 1;
    own.has_sent = true;
    own.has_syn = true;
    begins = true;
  }
  TrackedSegment result = add(from, packet, parts);
  result.reuses_ports = begins;
  return result;
}

bool is_keep_alive(const SentSegment& segment, const SideHistory& own, const SideHistory& other) {
  if ((segment.flags & kMarks) != 0 || segment.payload_size > 1) return false;
  if (!own.has_sent || segment.numbers.seq + 1 != own.next) return false;
  // RFC 9293 §3.8.6.1: probing a closed window looks the same, with a byte that was not taken.
  return segment.payload_size == 0 || other.ack >= own.next || is_window_closed(other);
}

Repeat classify_repeat(const SentSegment& segment, const SideHistory& own,
                       const SideHistory& other) {
  using Asked = SideHistory::Asked;
  const RelativeNumbers& numbers = segment.numbers;
  // Each RST answers a segment (RFC 9293 §3.10.7.1): none is sent again.
  if (segment.has(tcp_flag::kRst)) return Repeat::reset_after_end;
  if (is_keep_alive(segment, own, other)) {
    return is_window_closed(other) ? Repeat::zero_window_probe : Repeat::keep_alive;
  }
  if (segment.size() > 0) {
    const bool is_acknowledged = other.has_ack && other.ack >= numbers.seq + segment.size();
    if (is_acknowledged) return Repeat::spurious_retransmission;
    const bool is_asked = other.asks_again() && numbers.seq == other.ack;
    return is_asked ? Repeat::fast_retransmission : Repeat::retransmission;
  }
  const bool is_closed = numbers.window_bytes == 0;
  if (is_closed && own.has_ack && other.asked == Asked::window_probe && numbers.ack >= own.ack) {
    return Repeat::window_probe_ack;
  }
  if (!own.has_ack || numbers.ack > own.ack) {
    return is_closed ? Repeat::zero_window : Repeat::pure_ack;
  }
  const bool same_window = numbers.window_bytes == own.window_bytes;
  if (same_window && other.asked == Asked::keep_alive) return Repeat::keep_alive_ack;
  if (is_closed) return Repeat::zero_window;
  const bool same_ack = numbers.ack == own.ack;
  if (same_ack && !same_window) return Repeat::window_update;
  // RFC 5681 §2: (a) there is data that it could acknowledge, (b) it has none, (c) nor SYN or FIN,
  // (d) it acknowledges what was acknowledged last, (e) and offers the window of then.
  const bool is_outstanding = other.next > own.ack;
  return same_ack && is_outstanding ? Repeat::duplicate_ack : Repeat::repeated_ack;
}

}  // namespace wireproof
