#pragma once

#include <cstdint>

#include "base/text/address.h"
#include "packets/wire/packet.h"

namespace wireproof {

// Which way a packet goes between the two ends of its flow, ordered by address and port.
enum class Direction : std::uint8_t { forward, backward };

// Both ends of a flow, the same for either direction. An IPv4 address fills the lower half.
struct FlowKey {
  std::uint64_t first_upper = 0;
  std::uint64_t first_lower = 0;
  std::uint64_t second_upper = 0;
  std::uint64_t second_lower = 0;
  std::uint16_t first_port = 0;
  std::uint16_t second_port = 0;
  IpVersion version = IpVersion::v4;

  bool operator==(const FlowKey&) const = default;
};

struct DirectedKey {
  FlowKey key;
  Direction direction = Direction::forward;
};

DirectedKey flow_key(const IpInfo& ip, std::uint16_t source_port, std::uint16_t destination_port);

std::uint64_t hash_flow_key(const FlowKey& key);

}  // namespace wireproof
