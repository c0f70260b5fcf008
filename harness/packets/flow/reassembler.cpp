#include "packets/flow/reassembler.h"

#include <algorithm>

namespace wireproof {

std::vector<PositionRange> Reassembler::gaps(PositionRange range) const {
  std::vector<PositionRange> missing;
  auto next = std::upper_bound(
      seen_.begin(), seen_.end(), range.begin,
      [](std::uint64_t position, const PositionRange& seen) { return position < seen.end; });
  std::uint64_t at = range.begin;
  for (; next != seen_.end() && next->begin < range.end; ++next) {
    if (next->begin > at) missing.push_back({at, next->begin});
    at = next->end;
  }
  if (at < range.end) missing.push_back({at, range.end});
  return missing;
}

std::vector<PositionRange> Reassembler::add(PositionRange range) {
  if (range.begin >= range.end || range.begin > top() + kMaxGapBytes) return {};
  std::vector<PositionRange> added = gaps(range);
  if (added.empty()) return added;
  // The usual case first: the range goes on where the last one ended.
  if (!seen_.empty() && range.begin <= seen_.back().end && range.begin >= seen_.back().begin) {
    seen_.back().end = std::max(seen_.back().end, range.end);
    return added;
  }
  auto first = std::lower_bound(
      seen_.begin(), seen_.end(), range.begin,
      [](const PositionRange& seen, std::uint64_t position) { return seen.end < position; });
  auto last = first;
  for (; last != seen_.end() && last->begin <= range.end; ++last) {
    range.begin = std::min(range.begin, last->begin);
    range.end = std::max(range.end, last->end);
  }
  first = seen_.erase(first, last);
  seen_.insert(first, range);
  return added;
}

void Reassembler::store(PositionRange part, std::uint64_t payload_begin, ByteView payload) {
  if (part.begin == 0) return;
  if (stream_.size() < part.end - 1) stream_.resize(part.end - 1);
  const std::uint64_t from = part.begin - payload_begin;
  if (from >= payload.size()) return;
  const std::uint64_t size = std::min(part.end - part.begin, payload.size() - from);
  std::copy_n(payload.begin() + static_cast<std::ptrdiff_t>(from), size,
              stream_.begin() + static_cast<std::ptrdiff_t>(part.begin - 1));
}

}  // namespace wireproof
