#include "packets/flow/stream_bytes.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace wireproof {

// The piece that ends at the position: a new one where there is none.
Bytes& StreamBytes::piece_before(std::int64_t position) {
  const auto next = pieces_.upper_bound(position);
  if (next != pieces_.begin()) {
    const auto piece = std::prev(next);
    if (piece->first + static_cast<std::int64_t>(piece->second.size()) == position) {
      return piece->second;
    }
  }
  return pieces_.emplace_hint(next, position, Bytes())->second;
}

void StreamBytes::store(PositionRange part, std::int64_t payload_begin, ByteView payload) {
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

bool StreamBytes::differ(std::int64_t payload_begin, ByteView payload) const {
  const std::int64_t payload_end = payload_begin + static_cast<std::int64_t>(payload.size());
  auto piece = pieces_.upper_bound(payload_begin);
  if (piece != pieces_.begin()) --piece;
  for (; piece != pieces_.end() && piece->first < payload_end; ++piece) {
    const auto size = static_cast<std::int64_t>(piece->second.size());
    const std::int64_t begin = std::max(piece->first, payload_begin);
    const std::int64_t end = std::min(piece->first + size, payload_end);
    if (begin >= end) continue;
    const auto at = [&](ByteView bytes, std::int64_t first) {
      return bytes.subspan(static_cast<std::size_t>(begin - first),
                           static_cast<std::size_t>(end - begin));
    };
    if (!std::ranges::equal(at(piece->second, piece->first), at(payload, payload_begin))) {
      return true;
    }
  }
  return false;
}

Bytes StreamBytes::take_stream(ZeroBudget& budget) {
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
