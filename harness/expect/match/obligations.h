#pragma once

#include <optional>
#include <vector>

#include "expect/match/match.h"

namespace wireproof {

// What an `[ACK]` row asks for: some packet of its side that acknowledges all positions below
// `needed`, which the other side sent in the rows above (matching.md §4).
struct Obligation {
  std::size_t row = 0;
  std::uint64_t needed = 0;
};

// The first segment that meets the obligation and the values that the row writes; else the first
// that meets the obligation alone; nothing when none does.
std::optional<std::size_t> find_acknowledgement(const Row& row, std::uint64_t needed,
                                                const TcpConnection& connection);

// The result of an `[ACK]` row.
RowResult judge_acknowledgement(const Row& row, const Obligation& obligation,
                                const TcpConnection& connection);

}  // namespace wireproof
