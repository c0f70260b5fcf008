#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "packets/flow/connection_numbers.h"
#include "packets/flow/seen_ranges.h"
#include "packets/flow/tcp_connection.h"

namespace wireproof {

// What classifying looks at in a segment.
struct SentSegment {
  std::uint16_t flags = 0;  // tcp_flag
  RelativeNumbers numbers;
  std::uint32_t payload_size = 0;

  bool has(std::uint16_t flag) const { return (flags & flag) != 0; }
  // How many numbers it takes (SEG.LEN of RFC 9293 §3.4). The data of a RST tells why it was sent,
  // and is of no stream (§3.5.3).
  std::int64_t size() const {
    if (has(tcp_flag::kRst)) return 0;
    return std::int64_t{payload_size} + (has(tcp_flag::kSyn) ? 1 : 0) +
           (has(tcp_flag::kFin) ? 1 : 0);
  }
};

// What one side has shown of itself so far, as far as classifying its next segment needs it.
struct SideHistory {
  std::int64_t next = 0;           // the first number it has not sent
  std::int64_t ack = 0;            // the highest it acknowledged
  std::uint32_t window_bytes = 0;  // of its last segment with ACK
  std::uint32_t gap_time = 0;      // timestamp (RFC 7323) of what opened its last gap
  // What it sent last, where that asks for an answer.
  enum class Asked : std::uint8_t { nothing, keep_alive, window_probe } asked = Asked::nothing;
  std::uint8_t duplicate_acks = 0;  // of `ack`; kAnswered: and they were answered
  bool has_sent : 1 = false;
  bool has_ack : 1 = false;  // it has sent a segment with ACK
  bool has_rst : 1 = false;
  bool has_syn : 1 = false;
  bool has_gap_time : 1 = false;
  SeenRanges seen;

  static constexpr std::uint8_t kAnswered = 255;
  // RFC 5681 §3.2: the third one shows that the segment was lost.
  bool asks_again() const { return duplicate_acks >= 3 && duplicate_acks != kAnswered; }
};

// RFC 9293 §3.8.4: SEG.SEQ = SND.NXT-1, with no data or one garbage octet. One octet that the
// other side has not acknowledged yet is sent again because it may be lost: a retransmission.
bool is_keep_alive(const SentSegment& segment, const SideHistory& own, const SideHistory& other);

// Classifies a segment that contributes no new position. `own` and `other` are the state before
// the segment.
Repeat classify_repeat(const SentSegment& segment, const SideHistory& own,
                       const SideHistory& other);

// What a segment contributed for the first time, in numbers.
struct NewPart {
  EventKind kind = EventKind::bytes;
  PositionRange range;
};

// What a segment is to its connection.
struct TrackedSegment {
  RelativeNumbers numbers;
  Repeat repeat = Repeat::none;
  bool is_usual = false;           // the next bytes of its side, or an ACK of more than before
  bool takes_reset_back = false;   // the last RST of its end was none (ConnectionNumbers)
  bool reuses_ports = false;       // begins another connection of the same ends
  std::int64_t skipped_bytes = 0;  // were not captured before it, though it stands behind them
  std::int64_t unseen_bytes = 0;   // which it acknowledges, and which were not captured
  // What FlowNumbers tells of it beside another packet, `twin`, a number from 1.
  enum class Twin : std::uint8_t {
    none,
    copy,     // it was captured before: it has numbers only
    damaged,  // its checksum is wrong, that of the twin is right
    good      // the other way round
  } beside = Twin::none;
  std::uint64_t twin = 0;
};

// Follows one TCP connection packet by packet, in the order of the capture. Keeps no bytes.
class ConnectionTracker {
 public:
  using Opening = ConnectionNumbers::Opening;
  Opening opening(Way from, const TcpHeader& header) const {
    return numbers_.opening(from, header);
  }
  // Whether a segment behind an undecided SYN tells that the SYN has opened another connection.
  bool confirms_opening(Way opener, const TcpHeader& syn, Way from, const TcpHeader& segment) const;

  // The next segment. `parts` becomes what it contributes, where it is not usual.
  TrackedSegment add(Way from, const Packet& packet, std::vector<NewPart>& parts);
  // The same of a segment that may begin another connection: then it is this one from now on.
  TrackedSegment add_or_begin(Way from, const Packet& packet, std::vector<NewPart>& parts);
  // Learns nothing (ConnectionNumbers::look).
  RelativeNumbers look(Way from, const TcpHeader& header) const {
    return numbers_.look(from, header);
  }

  const SideHistory& side(Way way) const { return sides_[way == Way::forward ? 0 : 1]; }
  bool has_ended() const { return numbers_.has_ended(); }

 private:
  SideHistory& history(Way way) { return sides_[way == Way::forward ? 0 : 1]; }
  bool add_usual(Way from, const SentSegment& segment, TrackedSegment& result);
  bool add_other(Way from, const SentSegment& segment, const Packet& packet, TrackedSegment& result,
                 std::vector<NewPart>& parts);
  bool add_parts(Way from, const SentSegment& segment, std::vector<NewPart>& parts);
  bool add_reset(Way from, const SentSegment& segment, PacketFate fate,
                 std::vector<NewPart>& parts);
  Repeat classify_new(Way from, const SentSegment& segment, const Packet& packet,
                      std::int64_t first) const;
  static void note_gap(SideHistory& own, const SentSegment& segment, const Packet& packet,
                       TrackedSegment& result);
  void note_acknowledgement(Way from, const SentSegment& segment, TrackedSegment& result);
  void note_sent(Way from, const SentSegment& segment, TrackedSegment& result);

  ConnectionNumbers numbers_;
  std::array<SideHistory, 2> sides_;
  bool was_closed_ = false;  // before the last segment
};

}  // namespace wireproof
