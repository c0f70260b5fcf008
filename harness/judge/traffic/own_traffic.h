#pragma once

#include <set>
#include <vector>

#include "judge/traffic/evidence.h"
#include "packets/wire/packet.h"

namespace wireproof {

// Tells a session's packets from those of other clients of the same server, by the ports that the
// session's own sockets had.
class OwnTraffic {
 public:
  explicit OwnTraffic(const std::vector<ActorEndpoint>& actors);

  // A packet with one of the ports at either end, an ICMP error that quotes one, and the later
  // fragments (RFC 791 §3.2) of a packet that has one. Packets must be shown in their order.
  bool has(const Packet& packet);

 private:
  using Fragment = std::tuple<IpAddress, IpAddress, std::uint32_t>;

  std::set<std::pair<bool, Endpoint>> ends_;  // TCP or not
  std::set<Fragment> fragments_;
};

// Those of the packets that are the session's.
PacketStore keep_own_traffic(const PacketStore& packets, const std::vector<ActorEndpoint>& actors);

// Those of a server's traced calls that are about the session: on sockets that are or become
// connections to its clients, and on what the server listens on or receives datagrams by. A call
// that served another client is not among them.
std::vector<SocketCall> keep_own_calls(std::vector<SocketCall> calls,
                                       const std::vector<ActorEndpoint>& actors);

}  // namespace wireproof
