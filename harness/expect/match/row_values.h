#pragma once

#include <optional>
#include <span>
#include <vector>

#include "expect/match/match.h"

namespace wireproof {

// What the table wrote about a row, against what was captured for it.
struct CapturedValues {
  std::int64_t seq = 0;    // number of the first thing captured
  std::uint64_t size = 0;  // bytes of payload
  ByteView payload;
  std::vector<std::size_t> segments;      // indexes into the connection, in stream order
  std::vector<std::size_t> run_segments;  // of the run of bytes that the row is part of
};

// Len, Payload, Seq, Ack, Win, MSS, Fate where the row has them (matching.md §4). Remembers
// `field=?name` in `variables`, which stand for those of the context.
std::vector<FieldDifference> compare_values(const Row& row, const CapturedValues& captured,
                                            const TcpConnection& connection,
                                            const MatchContext& context, Variables& variables);

// Whether packets with these fates, one at least, have the one that the row says. A row of which a
// part was lost says `lost`; it says `arrived` where nothing became of any part.
std::optional<FieldDifference> compare_fate(const Row& row, std::span<const PacketFate> fates,
                                            const MatchContext& context);

// PSH is level should: it is set by the sender's system, not by its program.
std::optional<FieldDifference> compare_push(const Row& row, const CapturedValues& captured,
                                            const TcpConnection& connection);

// Len and Payload alone, as datagrams have them. A row has the Len that it says, and that of its
// payload where it says nothing else.
std::optional<FieldDifference> compare_length(const Row& row, std::uint64_t size,
                                              const MatchContext& context);
std::optional<FieldDifference> compare_payload(const Row& row, ByteView payload,
                                               const MatchContext& context, Variables& variables);

// The result of an `[ACK]` row, the one with that index: it asks for some packet of its side that
// acknowledges all positions below `needed`, which the other side sent in the rows above
// (matching.md §4).
RowResult judge_acknowledgement(const Row& row, std::size_t index, std::uint64_t needed,
                                const TcpConnection& connection, const MatchContext& context);

}  // namespace wireproof
