#pragma once

#include <span>
#include <string>
#include <vector>

#include "expect/match/match.h"

namespace wireproof {

// In which of the ways that TCP leaves open the capture differs from its table, in words and in
// the order of the capture: "the server's ACK rode on its reply", "two sends in one segment".
std::vector<std::string> find_variants(std::span<const Row> rows, const TcpConnection& connection,
                                       const MatchResult& result);

}  // namespace wireproof
