#pragma once

#include <cstdint>
#include <vector>

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

// Which positions of one direction were seen. The first byte of a stream is at position 1, or
// before it where earlier ones are added.
class SeenRanges {
 public:
  // Whether something at the position leaves no gap that is too large.
  bool believes(std::int64_t position) const { return gap_before(position) <= kMaxGapBytes; }

  // Marks [range.begin, range.end) as sent and returns the parts that are new, in order; nothing
  // when the range lies too far from all that was seen.
  std::vector<PositionRange> add(PositionRange range);
  // The same for a range, not empty, that begins the stream or goes on where the last one ended,
  // the usual cases. Whether it is one.
  bool extend(PositionRange range) {
    if (is_empty()) {
      if (range.begin != 0 && range.begin != 1) return false;
      last_.begin = range.begin;
    } else if (range.begin != last_.end) {
      return false;
    }
    last_.end = range.end;
    return true;
  }

  bool is_empty() const { return last_.begin == last_.end; }
  // The first position behind all that was sent; 0 for nothing.
  std::int64_t top() const { return is_empty() ? 0 : last_.end; }
  // The lowest position; 0 for nothing.
  std::int64_t bottom() const { return earlier_.empty() ? last_.begin : earlier_.front().begin; }
  // Whether all from the position up to the top was seen.
  bool is_whole_from(std::int64_t position) const { return !is_empty() && last_.begin <= position; }
  // The parts of [begin, end) that were not seen.
  std::vector<PositionRange> gaps(PositionRange range) const;

 private:
  // What was seen, gaps and the place of the first byte included.
  PositionRange extent() const;
  std::int64_t gap_before(std::int64_t position) const;
  void insert(PositionRange range);

  // Ascending, never touching. Most directions have one range, which costs no memory of its own.
  std::vector<PositionRange> earlier_;
  PositionRange last_;
};

}  // namespace wireproof
