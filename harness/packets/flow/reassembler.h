#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/text/bytes.h"

namespace wireproof {

// Numbers or positions [begin, end).
struct PositionRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;

  bool operator==(const PositionRange&) const = default;
};

// Whatever lies farther from all that was seen of its stream is not believed: no window that hosts
// use in earnest allows it.
constexpr std::int64_t kMaxGapBytes = std::int64_t{64} << 20;

// What was not captured costs no memory while a stream grows. The finished stream is one block with
// zeros there; all streams of a capture together may have so many of them.
constexpr std::int64_t kMaxZeroBytes = std::int64_t{4} << 20;
struct ZeroBudget {
  std::int64_t left_bytes = kMaxZeroBytes;
};

// Which positions of one direction were seen, and the bytes of its stream. Bytes that are sent
// again keep their first content. The first byte of a stream is at position 1, or before it where
// earlier ones are added.
class Reassembler {
 public:
  // Whether something at the position leaves no gap that is too large.
  bool believes(std::int64_t position) const { return gap_before(position) <= kMaxGapBytes; }

  // Marks [range.begin, range.end) as sent and returns the parts that are new, in order; nothing
  // when the range lies too far from all that was seen.
  std::vector<PositionRange> add(PositionRange range);

  // Stores the bytes of a new part: `payload` starts at position `payload_begin`, and may not hold
  // all of `part` (snaplen).
  void store(PositionRange part, std::int64_t payload_begin, ByteView payload);

  // The first position behind all that was sent; 0 for nothing.
  std::int64_t top() const { return seen_.empty() ? 0 : seen_.back().end; }
  // Of the stream's first byte, at most 1.
  std::int64_t stream_begin() const { return stream_begin_; }
  // The parts of [begin, end) that were not seen.
  std::vector<PositionRange> gaps(PositionRange range) const;
  // The stream, with zeros where nothing was captured. It ends before the first such place that the
  // budget does not allow.
  Bytes take_stream(ZeroBudget& budget);

 private:
  // What was seen, gaps and the place of the first byte included.
  PositionRange extent() const;
  std::int64_t gap_before(std::int64_t position) const;
  void insert(PositionRange range);
  Bytes& piece_before(std::int64_t position);

  std::vector<PositionRange> seen_;  // ascending, never touching
  std::int64_t stream_begin_ = 1;
  std::int64_t stream_end_ = 1;
  std::map<std::int64_t, Bytes> pieces_;  // what was captured, by the position of its first byte
};

}  // namespace wireproof
