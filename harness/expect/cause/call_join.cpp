#include "expect/cause/call_join.h"

namespace wireproof {

std::vector<CallPackets> join_packets(const std::map<std::size_t, Cause>& causes,
                                      std::size_t call_count) {
  std::vector<CallPackets> calls(call_count);
  for (const auto& [packet, cause] : causes) {
    for (const std::size_t call : cause.causing_calls) calls.at(call).caused.push_back(packet);
    for (const std::size_t call : cause.taking_calls) calls.at(call).taken.push_back(packet);
  }
  return calls;
}

}  // namespace wireproof
