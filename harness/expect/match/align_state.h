#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "packets/flow/tcp_connection.h"

namespace wireproof {

// How far a capture was laid out along a table: per direction the next item and the next position.
// Models that lay out something else than TCP events say what they count.
struct AlignState {
  std::uint32_t client_item = 0;
  std::uint32_t server_item = 0;
  std::uint64_t client_position = 0;
  std::uint64_t server_position = 0;

  std::uint32_t& item(Side side) { return side == Side::client ? client_item : server_item; }
  std::uint32_t item(Side side) const { return side == Side::client ? client_item : server_item; }
  std::uint64_t& position(Side side) {
    return side == Side::client ? client_position : server_position;
  }
  std::uint64_t position(Side side) const {
    return side == Side::client ? client_position : server_position;
  }
  bool operator==(const AlignState&) const = default;
};

struct AlignStateHash {
  std::size_t operator()(const AlignState& state) const {
    std::uint64_t hash = (std::uint64_t{state.client_item} << 32) | state.server_item;
    for (const std::uint64_t value : {state.client_position, state.server_position}) {
      hash = (hash ^ value) * 0x9E3779B97F4A7C15ULL;  // 2^64 divided by the golden ratio
      hash ^= hash >> 29;
    }
    return hash;
  }
};

enum class MoveKind : std::uint8_t {
  place,       // the item takes positions
  absorb,      // `…` takes them
  leave,       // `…` ends
  substitute,  // the item gets an event of another kind: RST for FIN
  miss,        // no event for the item
  unexpected,  // no item for the positions
  give_up,     // nothing is left on one side: all that is left on the other is wrong
};

struct Move {
  MoveKind kind = MoveKind::place;
  Side side = Side::client;
  bool early = false;      // what the segments acknowledge was not laid out yet
  std::uint32_t item = 0;  // index into the plan's items, or of the row
  std::uint32_t cost = 0;
  AlignState to;
};

// A move of the alignment found and the state before it.
struct AlignStep {
  Move move;
  AlignState before;
};

struct FoundAlignment {
  std::vector<AlignStep> steps;
  // Where the search had come to when it gave up before it was decided whether the capture fits.
  std::optional<AlignState> gave_up_at;
};

// What makes an alignment worse than a perfect one. Differing values leave the order alone; the
// rest changes it, so the cheapest alignment explains a capture with the fewest faults.
namespace move_cost {
constexpr std::uint32_t kValue = 5;          // a must row whose payload differs
constexpr std::uint32_t kOptionalValue = 1;  // the same for a should or info row
constexpr std::uint32_t kOptionalMiss = 3;
constexpr std::uint32_t kOptionalSize = 4;
constexpr std::uint32_t kSubstitute = 9;
constexpr std::uint32_t kMiss = 10;
constexpr std::uint32_t kUnexpected = 10;
constexpr std::uint32_t kEarly = 10;
constexpr std::uint32_t kWrongSize = 11;
// The rest of a segment whose begin a row has: rather the row has the wrong size.
constexpr std::uint32_t kUnexpectedRest = 12;
constexpr std::uint32_t kSubstituteBytes = 12;
constexpr std::uint32_t kGiveUpMost = 40;
// A search that may not repair stays below.
constexpr std::uint32_t kLeastRepair = kSubstitute;
}  // namespace move_cost

// The cost of `count` moves that give_up stands for.
constexpr std::uint32_t give_up_cost(std::uint64_t count) {
  const std::uint64_t cost = count * move_cost::kMiss;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(cost, move_cost::kGiveUpMost));
}

}  // namespace wireproof
