#include "judge/traffic/own_traffic.h"

#include <algorithm>

#include "packets/wire/transport.h"

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
    const auto quoted = read_quoted_datagram(packet);
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

std::vector<SocketCall> keep_own_calls(std::vector<SocketCall> calls,
                                       const std::vector<ActorEndpoint>& actors) {
  std::set<Endpoint> clients;
  for (const ActorEndpoint& actor : actors) clients.insert(actor.local);
  std::set<std::uint64_t> sockets;
  // What has no peer: a listening socket, or one for datagrams.
  for (const SocketCall& call : calls) {
    const bool is_own = call.remote && clients.contains(*call.remote);
    if (call.new_socket != 0 && is_own) sockets.insert({call.new_socket, call.socket});
    if (call.new_socket == 0 && (is_own || !call.remote)) sockets.insert(call.socket);
  }
  const auto watches_own = [&](const WatchedSocket& watched) {
    return sockets.contains(watched.socket);
  };
  const auto is_own_socket = [&](std::uint64_t socket) { return sockets.contains(socket); };
  std::erase_if(calls, [&](const SocketCall& call) {
    if (call.child != 0) return std::ranges::none_of(call.inherited, is_own_socket);
    if (call.new_socket != 0) return !sockets.contains(call.new_socket);
    if (call.socket == 0) {
      return std::ranges::none_of(call.watched, watches_own) &&
             std::ranges::none_of(call.ready, watches_own);
    }
    const bool is_others = call.remote && !clients.contains(*call.remote);
    return is_others || !sockets.contains(call.socket);
  });
  return calls;
}

}  // namespace wireproof
