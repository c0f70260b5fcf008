#include "packets/flow/connection_watch.h"

#include <algorithm>

namespace wireproof {

void ConnectionWatch::see(const Packet& packet) {
  if (!packet.ip || !packet.ip->is_fragment()) return see_whole(packet);
  const std::optional<WholePacket> whole = fragments_.add(0, packet);
  if (whole) see_whole(whole->packet);
}

bool ConnectionWatch::is_served(std::uint16_t port) const {
  return ports_.empty() || std::ranges::find(ports_, port) != ports_.end();
}

void ConnectionWatch::see_whole(const Packet& packet) {
  const TcpHeader* const tcp = packet.tcp();
  if (tcp == nullptr) return;
  const bool to_server = is_served(tcp->destination_port);
  if (!to_server && !is_served(tcp->source_port)) return;
  const FlowPlace place =
      find_flow(packet.ip->source, tcp->source_port, packet.ip->destination, tcp->destination_port);
  ConnectionNumbers* known = connections_.find(place.key);
  constexpr std::uint16_t kOpening = tcp_flag::kSyn | tcp_flag::kAck;
  const bool opens = to_server && (tcp->flags & kOpening) == tcp_flag::kSyn;
  if (known == nullptr) {
    if (!opens) return;  // what was open before the watch began does not hold it up
    known = &connections_.insert(place.key, {});
    ++open_count_;
  } else if (known->opening(place.way, *tcp) == ConnectionNumbers::Opening::another) {
    if (known->has_ended()) ++open_count_;
    *known = {};
  }
  const bool had_ended = known->has_ended();
  known->add(place.way, *tcp, packet.payload_size);
  if (!had_ended && known->has_ended()) --open_count_;
  if (had_ended && !known->has_ended()) ++open_count_;  // its RST was none
}

}  // namespace wireproof
