#pragma once

#include <cstdint>
#include <map>

#include "base/text/bytes.h"
#include "packets/flow/seen_ranges.h"

namespace wireproof {

// What was not captured costs no memory while a stream grows. The finished stream is one block with
// zeros there; all streams of a capture together may have so many of them.
constexpr std::int64_t kMaxZeroBytes = std::int64_t{4} << 20;
struct ZeroBudget {
  std::int64_t left_bytes = kMaxZeroBytes;
};

// The bytes of one direction, by their positions. Bytes that are sent again keep their first
// content. The first byte of a stream is at position 1, or before it where earlier ones are stored.
class StreamBytes {
 public:
  // Stores the bytes of a part that is new (SeenRanges::add): `payload` starts at position
  // `payload_begin`, and may not hold all of `part` (snaplen).
  void store(PositionRange part, std::int64_t payload_begin, ByteView payload);

  // Whether the bytes, which start at the position, differ from those that are stored there.
  bool differ(std::int64_t payload_begin, ByteView payload) const;

  // Of the stream's first byte, at most 1.
  std::int64_t stream_begin() const { return stream_begin_; }
  // The stream, with zeros where nothing was captured. It ends before the first such place that the
  // budget does not allow.
  Bytes take_stream(ZeroBudget& budget);

 private:
  Bytes& piece_before(std::int64_t position);

  std::int64_t stream_begin_ = 1;
  std::int64_t stream_end_ = 1;
  std::map<std::int64_t, Bytes> pieces_;  // what was captured, by the position of its first byte
};

}  // namespace wireproof
