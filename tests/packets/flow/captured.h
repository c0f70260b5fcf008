#pragma once

#include <cstdint>
#include <vector>

#include "packets/flow/flow_numbers.h"
#include "packets/flow/tcp_connection.h"
#include "packets/wire/transport.h"
#include "support/packet_builder.h"

namespace wireproof {

inline const Endpoint kClient = endpoint("10.0.0.1:5000");
inline const Endpoint kServer = endpoint("10.0.0.2:80");
inline const Endpoint kNameServer = endpoint("10.0.0.2:53");
constexpr std::uint16_t kSynAck = tcp_flag::kSyn | tcp_flag::kAck;

// Packets and the conversations that they are sorted into.
struct Captured {
  PacketStore store;
  std::vector<Packet> packets;
  Conversations sorted;

  const Conversations& sort(std::uint16_t tcp_port = 80, std::uint16_t udp_port = 0) {
    packets = store.decode_all();
    sorted = build_conversations(packets, tcp_port, udp_port);
    return sorted;
  }
  // The sequence numbers that `table` shows, which looks at each packet once.
  std::vector<std::int64_t> shown() const {
    FlowNumbers flows;
    std::vector<std::int64_t> numbers;
    for (const Packet& packet : store.decode_all()) {
      numbers.push_back(flows.track(packet).numbers.seq);
    }
    return numbers;
  }
};

}  // namespace wireproof
