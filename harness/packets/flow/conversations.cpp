// Sorts packets by their pair of endpoints; what a packet means inside of its connection is told
// by connection_builder.
#include <optional>
#include <unordered_map>

#include "packets/flow/connection_builder.h"
#include "packets/flow/quoted_packet.h"

namespace wireproof {
namespace {

constexpr std::uint8_t kProtocolUdp = 17;

struct EndpointPair {
  Endpoint client;
  Endpoint server;

  bool operator==(const EndpointPair&) const = default;
};

struct EndpointPairHash {
  std::size_t operator()(const EndpointPair& pair) const {
    // FNV-1a over the bytes that tell connections apart.
    std::uint64_t hash = 14695981039346656037ULL;
    const auto mix = [&hash](std::uint64_t value) { hash = (hash ^ value) * 1099511628211ULL; };
    for (const Endpoint* end : {&pair.client, &pair.server}) {
      for (const std::uint8_t byte : end->address.bytes) mix(byte);
      mix(end->port);
    }
    return hash;
  }
};

struct Direction {
  EndpointPair pair;
  Side from = Side::client;
};

class ConversationSorter {
 public:
  ConversationSorter(std::uint16_t tcp_port, std::uint16_t udp_port)
      : tcp_port_(tcp_port), udp_port_(udp_port) {}

  void add(std::size_t index, const Packet& packet) {
    if (!add_tcp(index, packet) && !add_udp(index, packet) && !add_icmp(index, packet)) {
      result_.others.push_back(index);
    }
  }

  Conversations take() {
    for (ConnectionBuilder& builder : builders_) result_.tcp.push_back(builder.take());
    return std::move(result_);
  }

 private:
  using Index = std::unordered_map<EndpointPair, std::size_t, EndpointPairHash>;

  // Who is the client of a packet between two endpoints; nothing when neither has the port.
  static std::optional<Direction> find_direction(const Endpoint& source,
                                                 const Endpoint& destination, std::uint16_t port,
                                                 const Index& known, bool source_is_server) {
    if (port != 0) {
      if (destination.port == port && source.port != port) {
        return Direction{{source, destination}, Side::client};
      }
      if (source.port == port && destination.port != port) {
        return Direction{{destination, source}, Side::server};
      }
      if (source.port != port) return std::nullopt;
    }
    if (known.contains({source, destination})) {
      return Direction{{source, destination}, Side::client};
    }
    if (known.contains({destination, source}) || source_is_server) {
      return Direction{{destination, source}, Side::server};
    }
    return Direction{{source, destination}, Side::client};
  }

  bool add_tcp(std::size_t index, const Packet& packet) {
    const TcpHeader* header = packet.tcp();
    if (header == nullptr || !packet.ip) return false;
    const Endpoint source{packet.ip->source, header->source_port};
    const Endpoint destination{packet.ip->destination, header->destination_port};
    constexpr std::uint16_t kOpening = tcp_flag::kSyn | tcp_flag::kAck;
    const bool answers_syn = (header->flags & kOpening) == kOpening;
    std::optional<Direction> direction =
        find_direction(source, destination, tcp_port_, tcp_, answers_syn);
    if (!direction) return false;
    auto known = tcp_.find(direction->pair);
    const bool is_syn = (header->flags & kOpening) == tcp_flag::kSyn;
    if (known != tcp_.end() && is_syn &&
        builders_[known->second].is_new_opening(direction->from, *header)) {
      // Without a known port the new connection may go the other way.
      tcp_.erase(known);
      direction = find_direction(source, destination, tcp_port_, tcp_, false);
      known = tcp_.end();
    }
    if (known == tcp_.end()) {
      known = tcp_.emplace(direction->pair, builders_.size()).first;
      builders_.emplace_back(direction->pair.client, direction->pair.server);
    }
    builders_[known->second].add(index, direction->from, packet);
    return true;
  }

  bool add_udp(std::size_t index, const Packet& packet) {
    const UdpHeader* header = packet.udp();
    if (header == nullptr || !packet.ip) return false;
    const Endpoint source{packet.ip->source, header->source_port};
    const Endpoint destination{packet.ip->destination, header->destination_port};
    const std::optional<Direction> direction =
        find_direction(source, destination, udp_port_, udp_, false);
    if (!direction) return false;
    const auto [known, added] = udp_.emplace(direction->pair, result_.udp.size());
    if (added) result_.udp.push_back({direction->pair.client, direction->pair.server, {}});
    Datagram datagram;
    datagram.packet = index;
    datagram.from = direction->from;
    datagram.time = packet.raw.time;
    datagram.payload_size = packet.payload_size;
    datagram.payload = packet.payload;
    datagram.truncated = packet.payload.size() < packet.payload_size;
    result_.udp[known->second].datagrams.push_back(datagram);
    return true;
  }

  // A port unreachable belongs to the exchange whose datagram it quotes: it comes from the side
  // that the datagram was sent to. TCP connections have no place for it.
  bool add_icmp(std::size_t index, const Packet& packet) {
    if (!is_port_unreachable(packet)) return false;
    const std::optional<QuotedPacket> quoted = read_quoted_packet(packet);
    if (!quoted || quoted->protocol != kProtocolUdp) return false;
    auto known = udp_.find({quoted->source, quoted->destination});
    Side from = Side::server;
    if (known == udp_.end()) {
      known = udp_.find({quoted->destination, quoted->source});
      from = Side::client;
    }
    if (known == udp_.end()) return false;
    Datagram error;
    error.packet = index;
    error.from = from;
    error.time = packet.raw.time;
    error.port_unreachable = true;
    error.payload_size = packet.payload_size;
    error.payload = packet.payload;
    result_.udp[known->second].datagrams.push_back(error);
    return true;
  }

  std::uint16_t tcp_port_;
  std::uint16_t udp_port_;
  Index tcp_;  // the newest connection of each pair: index into builders_
  Index udp_;
  std::vector<ConnectionBuilder> builders_;
  Conversations result_;
};

}  // namespace

Conversations build_conversations(std::span<const Packet> packets, std::uint16_t tcp_port,
                                  std::uint16_t udp_port) {
  ConversationSorter sorter(tcp_port, udp_port);
  for (std::size_t index = 0; index < packets.size(); ++index) sorter.add(index, packets[index]);
  return sorter.take();
}

}  // namespace wireproof
