#include "packets/flow/reassembler.h"

#include <algorithm>

namespace wireproof {

std::vector<PositionRange> Reassembler::gaps(PositionRange range) const {
  std::vector<PositionRange> missing;
  auto next = std::upper_bound(
      seen_.begin(), seen_.end(), range.begin,
      [](std::int64_t position, const PositionRange& seen) { return position < seen.end; });
  std::int64_t at = range.begin;
  for (; next != seen_.end() && next->begin < range.end; ++next) {
    if (next->begin > at) missing.push_back({at, next->begin});
    at = next->end;
  }
  if (at < range.end) missing.push_back({at, range.end});
  return missing;
}

PositionRange Reassembler::extent() const {
  if (seen_.empty()) return {1, 1};
  return {std::min<std::int64_t>(1, seen_.front().begin), std::max<std::int64_t>(1, top())};
}

std::int64_t Reassembler::gap_before(std::int64_t position) const {
  return std::max<std::int64_t>(0, position - extent().end);
}

std::vector<PositionRange> Reassembler::add(PositionRange range) {
  if (range.begin >= range.end) return {};
  const PositionRange known = extent();
  const std::int64_t gap = std::max(gap_before(range.begin), known.begin - range.end);
  if (gap > budget_.left_bytes) return {};
  std::vector<PositionRange> added = gaps(range);
  if (gap > 0) {
    budget_.left_bytes -= gap;
  } else {
    for (const PositionRange part : added) {  // what fills a gap
      const std::int64_t filled = std::min(part.end, known.end) - std::max(part.begin, known.begin);
      budget_.left_bytes += std::max<std::int64_t>(0, filled);
    }
  }
  if (!added.empty()) insert(range);
  return added;
}

void Reassembler::insert(PositionRange range) {
  // The usual case first: the range goes on where the last one ended.
  if (!seen_.empty() && range.begin <= seen_.back().end && range.begin >= seen_.back().begin) {
    seen_.back().end = std::max(seen_.back().end, range.end);
    return;
  }
  auto first = std::lower_bound(
      seen_.begin(), seen_.end(), range.begin,
      [](const PositionRange& seen, std::int64_t position) { return seen.end < position; });
  auto last = first;
  for (; last != seen_.end() && last->begin <= range.end; ++last) {
    range.begin = std::min(range.begin, last->begin);
    range.end = std::max(range.end, last->end);
  }
  first = seen_.erase(first, last);
  seen_.insert(first, range);
}

void Reassembler::store(PositionRange part, std::int64_t payload_begin, ByteView payload) {
  if (part.begin < stream_begin_) {
    stream_.insert(stream_.begin(), static_cast<std::size_t>(stream_begin_ - part.begin), 0);
    stream_begin_ = part.begin;
  }
  const auto end = static_cast<std::size_t>(part.end - stream_begin_);
  if (stream_.size() < end) stream_.resize(end);
  const auto from = static_cast<std::size_t>(part.begin - payload_begin);
  if (from >= payload.size()) return;
  const std::size_t size =
      std::min(static_cast<std::size_t>(part.end - part.begin), payload.size() - from);
  std::copy_n(payload.begin() + static_cast<std::ptrdiff_t>(from), size,
              stream_.begin() + (part.begin - stream_begin_));
}

}  // namespace wireproof
