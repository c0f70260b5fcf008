#include "judge/traffic/recovery.h"

namespace wireproof {
namespace {

Recovery recover(const TcpConnection& connection, std::size_t index) {
  const Segment& lost = connection.segments[index];
  Recovery recovery{lost.packet, std::nullopt, {}};
  const std::uint64_t end = end_of(lost);
  for (std::size_t at = index + 1; at < connection.segments.size(); ++at) {
    const Segment& segment = connection.segments[at];
    const bool heals = segment.from != lost.from && segment.has(tcp_flag::kAck) &&
                       segment.ack >= end && has_arrived(segment.fate);
    if (!heals) continue;
    recovery.healing = segment.packet;
    recovery.lasted = segment.time - lost.time;
    return recovery;
  }
  return recovery;
}

bool is_slower(const Recovery& one, const Recovery& other) {
  if (one.healing.has_value() != other.healing.has_value()) return !one.healing;
  return one.lasted > other.lasted;
}

}  // namespace

std::uint64_t end_of(const Segment& segment) {
  return segment.seq + segment.payload_size + (segment.has(tcp_flag::kSyn) ? 1 : 0) +
         (segment.has(tcp_flag::kFin) ? 1 : 0);
}

std::optional<Recovery> find_slowest_recovery(std::span<const TcpConnection* const> connections) {
  std::optional<Recovery> slowest;
  for (const TcpConnection* connection : connections) {
    for (std::size_t index = 0; index < connection->segments.size(); ++index) {
      const Segment& segment = connection->segments[index];
      if (has_arrived(segment.fate) || end_of(segment) == segment.seq) continue;
      const Recovery recovery = recover(*connection, index);
      if (!slowest || is_slower(recovery, *slowest)) slowest = recovery;
    }
  }
  return slowest;
}

}  // namespace wireproof
