#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "catch.h"
#include "expect/cause/cause.h"
#include "support/call_log_builder.h"

namespace wireproof {

// Of the segments of the first TCP connection.
inline std::vector<Cause> causes_of(const PacketStore& store, const CallLogBuilder& log) {
  const std::vector<Packet> packets = store.decode_all();
  const Conversations conversations = build_conversations(packets, kServer.port, 0);
  REQUIRE(!conversations.tcp.empty());
  return infer_causes(conversations.tcp.front(), log.calls);
}

// By the packet, whichever conversation with the server's port it is of; port 0: any.
inline std::map<std::size_t, Cause> causes_by_packet(const PacketStore& store,
                                                     const CallLogBuilder& log,
                                                     std::uint16_t port = kServer.port) {
  const std::vector<Packet> packets = store.decode_all();
  const Conversations conversations = build_conversations(packets, port, port);
  std::map<std::size_t, Cause> causes;
  for (const TcpConnection& connection : conversations.tcp) {
    const std::vector<Cause> found = infer_causes(connection, log.calls);
    for (std::size_t i = 0; i < found.size(); ++i) causes[connection.segments[i].packet] = found[i];
  }
  const auto exchanges = infer_causes(conversations.udp, log.calls);
  for (std::size_t number = 0; number < exchanges.size(); ++number) {
    const std::vector<Datagram>& datagrams = conversations.udp[number].datagrams;
    for (std::size_t i = 0; i < datagrams.size(); ++i) {
      causes[datagrams[i].packet] = exchanges[number][i];
    }
  }
  return causes;
}

}  // namespace wireproof
