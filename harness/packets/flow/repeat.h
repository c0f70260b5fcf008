#pragma once

#include <cstdint>

#include "packets/flow/tcp_connection.h"

namespace wireproof {

// What one side has shown of itself so far, as far as classifying its next segment needs it.
struct SideHistory {
  std::uint64_t next = 0;          // the first position it has not sent
  std::uint64_t ack = 0;           // the highest it acknowledged
  std::uint32_t window_bytes = 0;  // of its last segment with ACK
  bool has_ack = false;            // it has sent a segment with ACK
  bool has_rst = false;
  bool keep_alive_open = false;  // it sent a keep-alive that was not answered yet
};

// Classifies a segment that contributes no new position. `own` and `other` are the state before
// the segment; `size` is the number of positions it takes (payload, SYN, FIN).
Repeat classify_repeat(const Segment& segment, std::uint64_t size, const SideHistory& own,
                       const SideHistory& other);

}  // namespace wireproof
