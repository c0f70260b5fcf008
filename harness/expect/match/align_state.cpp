#include "expect/match/align_state.h"

#include <algorithm>

namespace wireproof {

std::size_t AlignStateHash::operator()(const AlignState& state) const {
  std::uint64_t hash = (std::uint64_t{state.client_item} << 32) | state.server_item;
  for (const std::uint64_t value : {state.client_position, state.server_position}) {
    hash = (hash ^ value) * 0x9E3779B97F4A7C15ULL;  // 2^64 divided by the golden ratio
    hash ^= hash >> 29;
  }
  return hash;
}

std::uint32_t give_up_cost(std::uint64_t count) {
  const std::uint64_t cost = count * move_cost::kMiss;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(cost, move_cost::kGiveUpMost));
}

}  // namespace wireproof
