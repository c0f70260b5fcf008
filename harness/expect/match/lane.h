#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "packets/flow/tcp_connection.h"

namespace wireproof {

constexpr std::size_t kNoSegment = std::numeric_limits<std::size_t>::max();

// An event of one direction, or bytes that only an acknowledgement shows (a hole).
struct Piece {
  EventKind kind = EventKind::bytes;
  std::uint64_t begin = 0;  // positions [begin, end); an RST takes one behind all others
  std::uint64_t end = 0;
  std::uint64_t ack = 0;  // what its segment acknowledges of the other lane's positions
  std::size_t segment = kNoSegment;
};

// The events of one direction in the order of their positions (matching.md §1).
class Lane {
 public:
  Lane(const TcpConnection& connection, Side from);

  const std::vector<Piece>& pieces() const { return pieces_; }
  std::uint64_t begin() const { return pieces_.empty() ? 0 : pieces_.front().begin; }
  std::uint64_t end() const { return pieces_.empty() ? 0 : pieces_.back().end; }
  // Behind the last position that can be acknowledged: without the one of an RST.
  std::uint64_t sent_end() const;

  // The kind of the last piece that lies below an acknowledged position.
  std::optional<EventKind> last_acknowledged(std::uint64_t ack) const;

  // Index of the piece that holds the position, or that follows it; pieces().size() at the end.
  std::size_t piece_index(std::uint64_t position) const;
  const Piece* piece_at(std::uint64_t position) const;
  // The position, or the begin of the next piece where nothing was captured at the position.
  std::uint64_t settle(std::uint64_t position) const;
  // Behind the bytes that follow each other without a gap from the position on.
  std::uint64_t bytes_end(std::uint64_t position) const;
  // How many captured bytes stand at the position and behind it.
  std::uint64_t bytes_left(std::uint64_t position) const;
  // The most that the segments carrying [begin, end) acknowledge.
  std::uint64_t needed_ack(std::uint64_t begin, std::uint64_t end) const;
  // The segments that carried [begin, end) first, each once.
  std::vector<std::size_t> segments(std::uint64_t begin, std::uint64_t end) const;
  // Behind the last piece that one segment contributed in a row from piece `index` on.
  std::size_t unit_end(std::size_t index) const;

  // Acknowledgements of what the capture does not show ask for nothing.
  void clamp_acks(std::uint64_t most);

 private:
  std::vector<Piece> pieces_;
  std::vector<std::uint64_t> bytes_behind_;  // per piece: bytes of the pieces behind it
};

struct Lanes {
  explicit Lanes(const TcpConnection& connection);

  const Lane& of(Side side) const { return side == Side::client ? client : server; }

  Lane client;
  Lane server;
};

}  // namespace wireproof
