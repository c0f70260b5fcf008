#include "expect/match/lane.h"

#include <algorithm>
#include <set>

namespace wireproof {

Lane::Lane(const TcpConnection& connection, Side from) {
  std::vector<Piece> resets;
  for (const Event& event : connection.events) {
    if (event.from != from) continue;
    const Piece piece{event.kind, event.begin, event.end, event.ack, event.segment};
    (event.kind == EventKind::rst ? resets : pieces_).push_back(piece);
  }
  for (const Hole& hole : connection.holes) {
    if (hole.from != from || hole.end <= 1) continue;
    pieces_.push_back(
        {EventKind::bytes, std::max<std::uint64_t>(hole.begin, 1), hole.end, 0, kNoSegment});
  }
  std::ranges::stable_sort(pieces_, {}, &Piece::begin);
  for (Piece& reset : resets) {
    reset.begin = std::max(end(), reset.begin);
    reset.end = reset.begin + 1;
    pieces_.push_back(reset);
  }
  bytes_behind_.resize(pieces_.size());
  std::uint64_t behind = 0;
  for (std::size_t index = pieces_.size(); index-- > 0;) {
    bytes_behind_[index] = behind;
    const Piece& piece = pieces_[index];
    if (piece.kind == EventKind::bytes) behind += piece.end - piece.begin;
  }
}

std::uint64_t Lane::bytes_left(std::uint64_t position) const {
  const std::size_t index = piece_index(position);
  if (index == pieces_.size()) return 0;
  const Piece& piece = pieces_[index];
  const bool counts = piece.kind == EventKind::bytes;
  return bytes_behind_[index] + (counts ? piece.end - std::max(position, piece.begin) : 0);
}

std::uint64_t Lane::sent_end() const {
  for (auto piece = pieces_.rbegin(); piece != pieces_.rend(); ++piece) {
    if (piece->kind != EventKind::rst) return piece->end;
  }
  return 0;
}

std::optional<EventKind> Lane::last_acknowledged(std::uint64_t ack) const {
  const std::size_t behind = piece_index(ack);
  if (behind == 0 || ack == 0) return std::nullopt;
  return pieces_[behind - 1].kind;
}

std::size_t Lane::piece_index(std::uint64_t position) const {
  const auto found =
      std::upper_bound(pieces_.begin(), pieces_.end(), position,
                       [](std::uint64_t wanted, const Piece& piece) { return wanted < piece.end; });
  return static_cast<std::size_t>(found - pieces_.begin());
}

const Piece* Lane::piece_at(std::uint64_t position) const {
  const std::size_t index = piece_index(position);
  return index < pieces_.size() ? &pieces_[index] : nullptr;
}

std::uint64_t Lane::settle(std::uint64_t position) const {
  const Piece* piece = piece_at(position);
  return piece == nullptr ? end() : std::max(position, piece->begin);
}

std::uint64_t Lane::bytes_end(std::uint64_t position) const {
  std::uint64_t at = position;
  for (std::size_t index = piece_index(position); index < pieces_.size(); ++index) {
    const Piece& piece = pieces_[index];
    if (piece.kind != EventKind::bytes || piece.begin > at) break;
    at = piece.end;
  }
  return at;
}

std::uint64_t Lane::needed_ack(std::uint64_t begin, std::uint64_t end) const {
  std::uint64_t needed = 0;
  for (std::size_t index = piece_index(begin); index < pieces_.size(); ++index) {
    if (pieces_[index].begin >= end) break;
    needed = std::max(needed, pieces_[index].ack);
  }
  return needed;
}

std::vector<std::size_t> Lane::segments(std::uint64_t begin, std::uint64_t end) const {
  std::vector<std::size_t> result;
  std::set<std::size_t> known;
  for (std::size_t index = piece_index(begin); index < pieces_.size(); ++index) {
    const Piece& piece = pieces_[index];
    if (piece.begin >= end) break;
    if (piece.segment == kNoSegment) continue;
    if (known.insert(piece.segment).second) result.push_back(piece.segment);
  }
  return result;
}

std::size_t Lane::unit_end(std::size_t index) const {
  std::size_t last = index + 1;
  while (last < pieces_.size() && pieces_[last].segment == pieces_[index].segment &&
         pieces_[last].begin == pieces_[last - 1].end) {
    ++last;
  }
  return last;
}

void Lane::clamp_acks(std::uint64_t most) {
  for (Piece& piece : pieces_) piece.ack = std::min(piece.ack, most);
}

Lanes::Lanes(const TcpConnection& connection)
    : client(connection, Side::client), server(connection, Side::server) {
  client.clamp_acks(server.sent_end());
  server.clamp_acks(client.sent_end());
}

}  // namespace wireproof
