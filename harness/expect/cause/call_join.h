#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "expect/cause/cause.h"

namespace wireproof {

// What one call has to do with packets: indexes into the capture, ascending.
struct CallPackets {
  std::vector<std::size_t> caused;  // that left because of it
  std::vector<std::size_t> taken;   // whose bytes, end or connection it took, or waited for

  bool operator==(const CallPackets&) const = default;
};

// The join of calls.md from the calls' side: one entry per call. `causes` holds what
// infer_causes() said of each packet by its index in the capture, all for the same list of
// `call_count` calls.
std::vector<CallPackets> join_packets(const std::map<std::size_t, Cause>& causes,
                                      std::size_t call_count);

}  // namespace wireproof
