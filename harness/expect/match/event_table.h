#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "expect/match/match.h"
#include "packets/flow/tcp_connection.h"

namespace wireproof {

// A set of event kinds.
using KindSet = std::uint8_t;
constexpr KindSet kind_bit(EventKind kind) {
  return static_cast<KindSet>(1U << static_cast<unsigned>(kind));
}

// What a row demands of the events (matching.md §3). In stream mode an item has one kind; in
// segments mode it has all kinds of its row, for they must come in one segment.
struct Item {
  std::size_t row = 0;
  Side from = Side::client;
  KindSet kinds = 0;
  bool anything = false;              // `…`: belongs to both directions
  std::optional<std::uint64_t> size;  // of bytes, where it is known from the table alone
  std::optional<Range> limits;        // a written range of sizes
  const Message* payload = nullptr;   // without a size: asked how much it takes
  Level level = Level::must;
  bool any_order = false;
  // Stream mode: the bytes items that follow in the same run. An item of unknown size ends so
  // that those of known size behind it reach the end of a segment.
  std::uint64_t known_size_after = 0;  // of those up to the next one of unknown size
  bool unknown_size_after = false;

  bool has(EventKind kind) const { return (kinds & kind_bit(kind)) != 0; }
};

constexpr std::size_t kNoItem = std::numeric_limits<std::size_t>::max();
constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max();

// The items of one direction, by index into ItemPlan::items.
struct ItemLane {
  std::vector<std::size_t> items;
  std::vector<std::size_t> next_ordered;   // at each place: the next item that is not `any`
  std::vector<std::uint64_t> bytes_after;  // the most that the items behind each place can take
};

struct ItemPlan {
  std::vector<Item> items;  // in the order of the table
  ItemLane client;
  ItemLane server;

  const ItemLane& lane(Side side) const { return side == Side::client ? client : server; }
};

// Whether a TCP row has payload bytes: Len above 0, Payload, or PSH (matching.md §3).
bool has_bytes(const Row& row);
// `[ACK]` without payload: an obligation, not an item.
bool is_acknowledgement(const Row& row);
// Whether a TCP row has no place among the events: such an `[ACK]`, or what was sent `again`.
bool is_obligation(const Row& row);
// Whether a segment is what a row `again` asks for, as far as it repeats: an `[ACK]` acknowledges
// nothing new, all else is a retransmission.
bool is_sent_again(const Row& row, const Segment& segment);
// The event kinds that a row stands for.
KindSet row_kinds(const Row& row);
// The number of bytes that a row must have, where the table alone tells it.
std::optional<std::uint64_t> known_size(const Row& row, const MatchContext& context);

ItemPlan plan_items(std::span<const Row> rows, const MatchContext& context);

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

// The rows of a connection and the events that they are laid along. What it refers to outlives it.
struct EventTable {
  std::span<const Row> rows;
  const TcpConnection& connection;
  const MatchContext& context;
  ItemPlan plan = plan_items(rows, context);
  Lanes lanes = Lanes(connection);
};

// The bytes at positions [begin, end) of a side's stream; what lies behind its end is left out.
ByteView stream_bytes(const TcpConnection& connection, Side from, std::uint64_t begin,
                      std::uint64_t end);

// Where an item of bytes may end; `stays`: it goes on behind.
struct ItemEnd {
  std::uint64_t position = 0;
  bool stays = false;
};

// The ends of an item of bytes that begins at a position, those to be tried first first.
std::vector<ItemEnd> find_ends(const EventTable& table, const Item& item, std::uint64_t begin);

// Whether the bytes at positions [begin, end) are the payload that the item's row demands, if any.
bool payload_matches(const EventTable& table, const Item& item, std::uint64_t begin,
                     std::uint64_t end);

}  // namespace wireproof
