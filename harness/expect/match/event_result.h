#pragma once

#include <string>
#include <vector>

#include "expect/match/placings.h"

namespace wireproof {

// Says for every row and every packet what an alignment made of it (matching.md §7).
void judge_events(const EventTable& table, const Placings& placings, MatchResult& result);

// In which of the ways that TCP leaves open the capture differs from its table, in words and in
// the order of the capture: "the server's ACK rode on its reply", "two sends in one segment".
std::vector<std::string> find_variants(const EventTable& table, const MatchResult& result);

}  // namespace wireproof
