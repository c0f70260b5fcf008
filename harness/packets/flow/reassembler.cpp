#include "packets/flow/reassembler.h"

#include <algorithm>
#include <iterator>
#include <utility>

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
  const std::int64_t gap = std::max(gap_before(range.begin), extent().begin - range.end);
  if (gap > kMaxGapBytes) return {};
  std::vector<PositionRange> added = gaps(range);
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

// The piece that ends at the position: a new one where there is none.
Bytes& Reassembler::piece_before(std::int64_t position) {
  const auto next = pieces_.upper_bound(position);
  if (next != pieces_.begin()) {
    const auto piece = std::prev(next);
    if (piece->first + static_cast<std::int64_t>(piece->second.size()) == position) {
      return piece->second;
    }
  }
  return pieces_.emplace_hint(next, position, Bytes())->second;
}

void Reassembler::store(PositionRange part, std::int64_t payload_begin, ByteView payload) {
  stream_begin_ = std::min(stream_begin_, part.begin);
  stream_end_ = std::max(stream_end_, part.end);
  const auto from = static_cast<std::size_t>(part.begin - payload_begin);
  if (from >= payload.size()) return;
  const std::size_t size =
      std::min(static_cast<std::size_t>(part.end - part.begin), payload.size() - from);
  const ByteView captured = payload.subspan(from, size);
  Bytes& piece = piece_before(part.begin);
  piece.insert(piece.end(), captured.begin(), captured.end());
}

Bytes Reassembler::take_stream(ZeroBudget& budget) {
  Bytes stream;
  const auto fill_to = [&](std::int64_t position) {
    const std::int64_t missing =
        position - stream_begin_ - static_cast<std::int64_t>(stream.size());
    if (missing > budget.left_bytes) return false;
    budget.left_bytes -= missing;
    stream.resize(stream.size() + static_cast<std::size_t>(missing));
    return true;
  };
  for (auto& [begin, piece] : std::exchange(pieces_, {})) {
    if (!fill_to(begin)) return stream;
    if (stream.empty()) {
      stream = std::move(piece);
    } else {
      stream.insert(stream.end(), piece.begin(), piece.end());
    }
    piece = Bytes();
  }
  fill_to(stream_end_);
  return stream;
}

}  // namespace wireproof
