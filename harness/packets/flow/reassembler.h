#pragma once

#include <cstdint>
#include <vector>

#include "base/text/bytes.h"

namespace wireproof {

// Positions [begin, end).
struct PositionRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  bool operator==(const PositionRange&) const = default;
};

// A segment this far ahead of everything seen before it is not believed: bytes are kept in one
// block, so a made-up sequence number must not choose its size.
constexpr std::uint64_t kMaxGapBytes = 64U << 20;

// Which positions of one direction were seen, and the bytes of its stream. Bytes that are sent
// again keep their first content.
class Reassembler {
 public:
  // Marks [range.begin, range.end) as sent and returns the parts that are new, in order; nothing
  // when the range starts too far ahead (kMaxGapBytes).
  std::vector<PositionRange> add(PositionRange range);

  // Stores the bytes of a new part: `payload` starts at position `payload_begin`, and what of
  // `part` it does not hold (snaplen) stays zero.
  void store(PositionRange part, std::uint64_t payload_begin, ByteView payload);

  // The first position behind all that was sent; 0 for nothing.
  std::uint64_t top() const { return seen_.empty() ? 0 : seen_.back().end; }
  // The parts of [begin, end) that were not seen.
  std::vector<PositionRange> gaps(PositionRange range) const;
  Bytes take_stream() { return std::move(stream_); }

 private:
  std::vector<PositionRange> seen_;  // ascending, never touching
  Bytes stream_;                     // stream byte k is at position k + 1
};

}  // namespace wireproof
