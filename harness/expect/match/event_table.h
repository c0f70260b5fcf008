#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "expect/match/lane.h"
#include "expect/match/match.h"

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
// The event kinds that a row stands for.
KindSet row_kinds(const Row& row);
// The number of bytes that a row must have, where the table alone tells it.
std::optional<std::uint64_t> known_size(const Row& row, const MatchContext& context);

ItemPlan plan_items(std::span<const Row> rows, const MatchContext& context);

// The rows of a connection and the events that they are laid along. What it refers to outlives it.
struct EventTable {
  std::span<const Row> rows;
  const TcpConnection& connection;
  const MatchContext& context;
  ItemPlan plan = plan_items(rows, context);
  Lanes lanes = Lanes(connection);
};

// The layouts and variables of a context; empty ones where it has none.
const LayoutSet& context_layouts(const MatchContext& context);
Variables context_variables(const MatchContext& context);

// How many of `bytes` the message takes; nothing when they do not tell.
std::optional<std::uint64_t> read_message_size(const Message& message, const MatchContext& context,
                                               ByteView bytes);

// The bytes at positions [begin, end) of a side's stream; what lies behind its end is left out.
ByteView stream_bytes(const TcpConnection& connection, Side from, std::uint64_t begin,
                      std::uint64_t end);

}  // namespace wireproof
