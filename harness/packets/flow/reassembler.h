#pragma once

#include <cstdint>
#include <vector>

#include "base/text/bytes.h"

namespace wireproof {

// Numbers or positions [begin, end).
struct PositionRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;

  bool operator==(const PositionRange&) const = default;
};

// Bytes are kept in one block for each stream, gaps included; so made-up sequence numbers must not
// choose its size. All streams of a capture together may have gaps of so many bytes at one time:
// what would make larger ones is not believed.
constexpr std::int64_t kMaxGapBytes = std::int64_t{64} << 20;
struct GapBudget {
  std::int64_t left_bytes = kMaxGapBytes;
};

// Which positions of one direction were seen, and the bytes of its stream. Bytes that are sent
// again keep their first content. The first byte of a stream is at position 1, or before it where
// earlier ones are added.
class Reassembler {
 public:
  // The budget outlives it.
  explicit Reassembler(GapBudget& budget) : budget_(budget) {}

  // Whether something at the position leaves no gap that is too large.
  bool believes(std::int64_t position) const { return gap_before(position) <= budget_.left_bytes; }

  // Marks [range.begin, range.end) as sent and returns the parts that are new, in order; nothing
  // when the range lies too far from all that was seen.
  std::vector<PositionRange> add(PositionRange range);

  // Stores the bytes of a new part: `payload` starts at position `payload_begin`, and what of
  // `part` it does not hold (snaplen) stays zero.
  void store(PositionRange part, std::int64_t payload_begin, ByteView payload);

  // The first position behind all that was sent; 0 for nothing.
  std::int64_t top() const { return seen_.empty() ? 0 : seen_.back().end; }
  // Of the stream's first byte, at most 1.
  std::int64_t stream_begin() const { return stream_begin_; }
  // The parts of [begin, end) that were not seen.
  std::vector<PositionRange> gaps(PositionRange range) const;
  Bytes take_stream() { return std::move(stream_); }

 private:
  // What was seen, gaps and the place of the first byte included.
  PositionRange extent() const;
  std::int64_t gap_before(std::int64_t position) const;
  void insert(PositionRange range);

  GapBudget& budget_;
  std::vector<PositionRange> seen_;  // ascending, never touching
  std::int64_t stream_begin_ = 1;
  Bytes stream_;
};

}  // namespace wireproof
