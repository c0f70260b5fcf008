#include "packets/flow/seen_ranges.h"

#include <algorithm>

namespace wireproof {

std::vector<PositionRange> SeenRanges::gaps(PositionRange range) const {
  std::vector<PositionRange> missing;
  std::int64_t at = range.begin;
  const auto pass = [&](const PositionRange& seen) {
    if (seen.end <= at || seen.begin >= range.end) return;
    if (seen.begin > at) missing.push_back({at, seen.begin});
    at = seen.end;
  };
  auto next = std::upper_bound(
      earlier_.begin(), earlier_.end(), range.begin,
      [](std::int64_t position, const PositionRange& seen) { return position < seen.end; });
  for (; next != earlier_.end() && next->begin < range.end; ++next) pass(*next);
  if (!is_empty()) pass(last_);
  if (at < range.end) missing.push_back({at, range.end});
  return missing;
}

PositionRange SeenRanges::extent() const {
  if (is_empty()) return {1, 1};
  return {std::min<std::int64_t>(1, bottom()), std::max<std::int64_t>(1, top())};
}

std::int64_t SeenRanges::gap_before(std::int64_t position) const {
  return std::max<std::int64_t>(0, position - extent().end);
}

std::vector<PositionRange> SeenRanges::add(PositionRange range) {
  if (range.begin >= range.end) return {};
  const std::int64_t gap = std::max(gap_before(range.begin), extent().begin - range.end);
  if (gap > kMaxGapBytes) return {};
  std::vector<PositionRange> added = gaps(range);
  if (!added.empty()) insert(range);
  return added;
}

void SeenRanges::insert(PositionRange range) {
  if (is_empty()) {
    last_ = range;
    return;
  }
  // The usual case first: the range goes on where the last one ended.
  if (range.begin >= last_.begin && range.begin <= last_.end) {
    last_.end = std::max(last_.end, range.end);
    return;
  }
  earlier_.push_back(last_);
  auto first = std::lower_bound(
      earlier_.begin(), earlier_.end(), range.begin,
      [](const PositionRange& seen, std::int64_t position) { return seen.end < position; });
  auto last = first;
  for (; last != earlier_.end() && last->begin <= range.end; ++last) {
    range.begin = std::min(range.begin, last->begin);
    range.end = std::max(range.end, last->end);
  }
  first = earlier_.erase(first, last);
  earlier_.insert(first, range);
  last_ = earlier_.back();
  earlier_.pop_back();
}

}  // namespace wireproof
