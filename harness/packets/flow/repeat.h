#pragma once

#include <cstdint>

#include "packets/flow/tcp_connection.h"

namespace wireproof {

// What one side has shown of itself so far, as far as classifying its next segment needs it.
struct SideHistory {
  std::int64_t next = 0;           // the first number it has not sent
  std::int64_t ack = 0;            // the highest it acknowledged
  std::uint32_t window_bytes = 0;  // of its last segment with ACK
  bool has_sent = false;
  bool has_ack = false;  // it has sent a segment with ACK
  bool has_rst = false;
  bool keep_alive_open = false;  // it sent a keep-alive that was not answered yet
};

// RFC 9293 §3.8.4: SEG.SEQ = SND.NXT-1, with no data or one garbage octet. One octet that the
// other side has not acknowledged yet is sent again because it may be lost: a retransmission.
// `size` is the number of positions that the segment takes (payload, SYN, FIN).
bool is_keep_alive(const Segment& segment, std::uint64_t size, const SideHistory& own,
                   const SideHistory& other);

// Classifies a segment that contributes no new position. `own` and `other` are the state before
// the segment.
Repeat classify_repeat(const Segment& segment, std::uint64_t size, const SideHistory& own,
                       const SideHistory& other);

}  // namespace wireproof
