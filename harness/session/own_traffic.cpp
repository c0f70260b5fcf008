#include "session/own_traffic.h"

#include "flow/quoted_packet.h"

namespace wireproof {
namespace {

constexpr std::uint8_t kProtocolTcp = 6;

}  // namespace

OwnTraffic::OwnTraffic(const std::vector<ActorEndpoint>& actors) {
  for (const ActorEndpoint& actor : actors) ends_.emplace(actor.tcp, actor.local);
}

bool OwnTraffic::has(const Packet& packet) {
  if (!packet.ip) return false;
  const auto is_own = [&](bool tcp, const IpAddress& address, std::uint16_t port) {
    return ends_.contains({tcp, Endpoint{address, port}});
  };
  const IpInfo& ip = *packet.ip;
  if (packet.icmp() != nullptr) {
    const auto quoted = read_quoted_packet(packet);
    if (!quoted) return false;
    const bool tcp = quoted->protocol == kProtocolTcp;
    return ends_.contains({tcp, quoted->source}) || ends_.contains({tcp, quoted->destination});
  }
  const Fragment fragment{ip.source, ip.destination, ip.identification};
  if (ip.fragment_offset_bytes != 0) return fragments_.contains(fragment);
  bool own = false;
  if (const TcpHeader* const tcp = packet.tcp()) {
    own = is_own(true, ip.source, tcp->source_port) ||
          is_own(true, ip.destination, tcp->destination_port);
  } else if (const UdpHeader* const udp = packet.udp()) {
    own = is_own(false, ip.source, udp->source_port) ||
          is_own(false, ip.destination, udp->destination_port);
  }
  if (own && ip.more_fragments) fragments_.insert(fragment);
  return own;
}

PacketStore keep_own_traffic(const PacketStore& packets, const std::vector<ActorEndpoint>& actors) {
  OwnTraffic own(actors);
  PacketStore kept;
  for (const Packet& packet : packets.decode_all()) {
    if (own.has(packet)) kept.append(packet.raw);
  }
  return kept;
}

}  // namespace wireproof
