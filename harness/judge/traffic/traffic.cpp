#include "judge/traffic/traffic.h"

#include <algorithm>
#include <set>
#include <utility>

namespace wireproof {
namespace {

CauseMap join_causes(const Conversations& conversations, const std::vector<SocketCall>& calls) {
  CauseMap map;
  for (const TcpConnection& connection : conversations.tcp) {
    std::vector<Cause> causes = infer_causes(connection, calls);
    for (std::size_t i = 0; i < causes.size(); ++i) {
      map[connection.segments[i].packet] = std::move(causes[i]);
    }
  }
  for (const UdpExchange& exchange : conversations.udp) {
    std::vector<Cause> causes = infer_causes(exchange, calls);
    for (std::size_t i = 0; i < causes.size(); ++i) {
      map[exchange.datagrams[i].packet] = std::move(causes[i]);
    }
  }
  return map;
}

// The actors' endpoints, and those of the programs among them.
std::vector<ActorEndpoint> claim_programs(const Conversations& conversations,
                                          const PlayedSession& played) {
  std::vector<ActorEndpoint> endpoints = played.actors;
  if (played.programs.empty()) return endpoints;
  std::set<std::pair<bool, Endpoint>> known;
  for (const ActorEndpoint& end : endpoints) known.emplace(end.tcp, end.local);
  std::size_t next = 0;
  const auto claim = [&](const Endpoint& client, bool tcp) {
    if (!known.emplace(tcp, client).second) return;
    endpoints.push_back({played.programs[next], client, tcp});
    next = std::min(next + 1, played.programs.size() - 1);
  };
  for (const TcpConnection& connection : conversations.tcp) claim(connection.client, true);
  for (const UdpExchange& exchange : conversations.udp) claim(exchange.client, false);
  return endpoints;
}

}  // namespace

DecodedCapture decode_capture(const PacketStore& packets, std::uint16_t tcp_port,
                              std::uint16_t udp_port) {
  DecodedCapture capture;
  capture.packets = packets.decode_all();
  capture.conversations = build_conversations(capture.packets, tcp_port, udp_port);
  return capture;
}

Traffic::Traffic(DecodedCapture capture, const std::vector<ActorEndpoint>& actors,
                 const std::vector<SocketCall>& calls)
    : capture_(std::move(capture)), causes_(join_causes(capture_.conversations, calls)) {
  for (const ActorEndpoint& end : actors) {
    owners_.emplace(std::pair{end.tcp, end.local}, end.actor);
    entry(end.actor);
  }
  for (const TcpConnection& connection : capture_.conversations.tcp) {
    const auto owner = owners_.find({true, connection.client});
    if (owner != owners_.end()) entry(owner->second).tcp.push_back(&connection);
  }
  for (const UdpExchange& exchange : capture_.conversations.udp) {
    const auto owner = owners_.find({false, exchange.client});
    if (owner != owners_.end()) entry(owner->second).udp.push_back(&exchange);
  }
}

ActorConversations& Traffic::entry(const std::string& actor) {
  const auto [found, is_new] = indexes_.emplace(actor, actors_.size());
  if (is_new) actors_.push_back({actor, {}, {}});
  return actors_[found->second];
}

const ActorConversations* Traffic::find(const std::string& actor) const {
  const auto found = indexes_.find(actor);
  return found == indexes_.end() ? nullptr : &actors_[found->second];
}

const std::string& Traffic::actor_at(const Endpoint& client, bool tcp) const {
  static const std::string kNobody;
  const auto owner = owners_.find({tcp, client});
  return owner == owners_.end() ? kNobody : owner->second;
}

Timestamp Traffic::start() const {
  const auto first = std::ranges::find_if(capture_.packets,
                                          [](const Packet& packet) { return packet.raw.has_time; });
  return first == capture_.packets.end() ? Timestamp() : first->raw.time;
}

Traffic assign_traffic(DecodedCapture capture, const PlayedSession& played) {
  const std::vector<ActorEndpoint> actors = claim_programs(capture.conversations, played);
  return {std::move(capture), actors, played.calls};
}

}  // namespace wireproof
