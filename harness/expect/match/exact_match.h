#pragma once

#include <span>

#include "expect/match/match.h"

namespace wireproof {

// Strictness::exact: every packet is one row, in the order of the capture, with the same flags.
MatchResult match_exact(std::span<const Row> rows, const TcpConnection& connection,
                        const MatchContext& context);

}  // namespace wireproof
