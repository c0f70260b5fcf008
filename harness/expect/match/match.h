#pragma once

#include <span>
#include <string>
#include <vector>

#include "expect/match/row.h"

namespace wireproof {

enum class Strictness : std::uint8_t { stream, segments, exact };

enum class RowState : std::uint8_t {
  matched,       // by the packets listed; a row `again`: by one that repeats others
  acknowledged,  // an `[ACK]` row: met by the ACK on the packet listed
  open,          // a `…` row
  missing,       // no packet has it; `nearest` may name a candidate
  out_of_order,  // the packets exist, but were sent before what the table has above them
};

// A written value that the captured one does not have, in the notation of the table.
struct FieldDifference {
  std::string field;  // "Len", "Payload", "flags", "PSH", "Win", …
  std::string expected;
  std::string captured;
  Level level = Level::must;

  bool operator==(const FieldDifference&) const = default;
};

struct RowResult {
  std::size_t row = 0;  // index into the rows
  RowState state = RowState::missing;
  std::vector<std::size_t> packets;  // capture indexes
  std::optional<std::size_t> nearest;
  std::vector<FieldDifference> differences;
  std::string reason;         // in words, for states that are failures
  Level level = Level::must;  // the row's
  // It differs by bytes that are not there alone: it has the last ones that the side sent, and they
  // are what such a row begins with.
  bool lacks_bytes = false;

  // Whether its packets are not there, or not where the table has them.
  bool is_structural() const {
    return state == RowState::missing || state == RowState::out_of_order;
  }
  // Whether the row fails a check of this level or a stronger one.
  bool failed(Level at_least) const;
  bool operator==(const RowResult&) const = default;
};

enum class PacketState : std::uint8_t {
  row,
  repeat,
  unexpected,
  lost  // a datagram that the path lost, and no row asks for: a table says what arrived
};

struct PacketResult {
  std::size_t packet = 0;  // capture index
  PacketState state = PacketState::unexpected;
  std::vector<std::size_t> rows;  // indexes; a packet may carry several rows
  Repeat repeat = Repeat::none;
  std::string reason;  // for `unexpected`

  bool operator==(const PacketResult&) const = default;
};

struct MatchResult {
  bool matched = false;  // every must-level row and packet is accounted for
  std::vector<RowResult> rows;
  std::vector<PacketResult> packets;
  std::vector<std::string> variants;  // "the server's ACK rode on its reply", "3-packet close"
  std::string history;
  std::string beyond_limit;  // not empty: the search gave up at this row; matched is then false
};

// What `matched` says: no must row failed, no packet is left over, and the search came to an end.
bool accounts_for_all(const MatchResult& result);

// Whether it is known what became of the packets: a saved capture does not tell.
enum class FateCells : std::uint8_t { compared, unknown };

inline const LayoutSet kNoLayouts;
inline const Variables kNoVariables;

struct MatchContext {
  Strictness strictness = Strictness::stream;
  const LayoutSet* layouts = &kNoLayouts;  // for payload patterns; not owned, never null
  const Variables* variables = &kNoVariables;
  FateCells fates = FateCells::compared;
};

// Decides matching.md for the rows of one connection. Pure.
MatchResult match_tcp(std::span<const Row> rows, const TcpConnection& connection,
                      const MatchContext& context);

// matching.md §5, for the rows of one client.
MatchResult match_udp(std::span<const Row> rows, const UdpExchange& exchange,
                      const MatchContext& context);

}  // namespace wireproof
