// Sorts packets by their pair of endpoints; what a packet means inside of its connection is told
// by connection_builder.
#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "packets/flow/captured_copy.h"
#include "packets/flow/connection_builder.h"
#include "packets/flow/fragments.h"
#include "packets/flow/vlan_parts.h"
#include "packets/wire/checksum.h"
#include "packets/wire/ip.h"
#include "packets/wire/transport.h"

namespace wireproof {
namespace {

// The newest conversation of a pair of endpoints.
struct Known {
  std::size_t index = 0;
  Way client = Way::forward;  // which way the client sends
};

// What tells the client of a packet that may be the first of its conversation.
struct Ends {
  Endpoint source;
  Endpoint destination;
  const std::vector<std::uint16_t>& served;  // none: any port
  bool source_is_server = false;             // where neither the port nor an earlier packet tells
};

bool contains(const std::vector<std::uint16_t>& ports, std::uint16_t port) {
  return std::ranges::find(ports, port) != ports.end();
}

// Where no opening was captured: the ports below 1024 are those of services (RFC 6335 §6).
bool is_from_service(const TcpHeader& header) {
  constexpr std::uint16_t kSystemPorts = 1024;
  return (header.flags & tcp_flag::kSyn) == 0 && header.source_port < kSystemPorts &&
         header.destination_port >= kSystemPorts;
}

class ConversationSorter {
 public:
  // Sorts the packets in their order; they outlive it.
  ConversationSorter(std::span<const Packet> packets, ServedPorts served)
      : packets_(packets), served_(std::move(served)) {
    has_tags_ = std::ranges::any_of(packets, [](const Packet& packet) { return packet.vlan != 0; });
    wrong_.reserve(packets.size());
    for (const Packet& packet : packets) wrong_.push_back(has_wrong_checksum(packet));
    for (std::size_t index = 0; has_tags_ && index < packets.size(); ++index) learn_tag(index);
  }

  void add(std::size_t index, const Packet& packet) {
    if (const auto first = original_of(index)) return result_.copies.push_back({index, *first});
    if (packet.ip && packet.ip->is_fragment()) return add_fragment(index, packet);
    if (const auto good = find_undamaged(index)) return result_.damaged.push_back({index, *good});
    sort(index, packet);
  }

  Conversations take() {
    ZeroBudget zeros;
    for (ConnectionBuilder& builder : builders_) result_.tcp.push_back(builder.take(zeros));
    for (const BrokenPacket& broken : fragments_.take_broken()) {
      result_.others.insert(result_.others.end(), broken.parts.begin(), broken.parts.end());
      if (is_of_these(broken)) ++result_.broken_packets;
    }
    std::ranges::sort(result_.others);
    return std::move(result_);
  }

 private:
  using Table = FlowTable<Known>;

  static FlowPlace place_of(const Endpoint& source, const Endpoint& destination) {
    return find_flow(source.address, source.port, destination.address, destination.port);
  }

  static FlowPlace place_of(const Packet& packet, const TransportPorts& ports) {
    return find_flow(packet.ip->source, ports.source, packet.ip->destination, ports.destination);
  }

  // The same within the VLANs that hold a conversation of their own.
  FlowPlace place_in(VlanFlows& vlans, FlowPlace place, const Packet& packet) {
    if (has_tags_) place.key = vlans.look(place.key, packet.vlan);
    return place;
  }

  FlowPlace place_of_tcp(const Packet& packet) {
    return place_in(tcp_vlans_, place_of(packet, *packet.ports()), packet);
  }

  void learn_tag(std::size_t index) {
    const Packet& packet = packets_[index];
    const std::optional<TransportPorts> ports = packet.ports();
    if (!ports || packet.ip->is_fragment() || original_of(index)) return;
    const FlowPlace place = place_of(packet, *ports);
    if (const TcpHeader* const tcp = packet.tcp()) {
      tcp_vlans_.learn(place, packet.vlan, is_opening_syn(*tcp));
    } else if (packet.udp() != nullptr) {
      udp_vlans_.learn(place, packet.vlan, contains(served_.udp, ports->destination));
    }
  }

  // Which way the client of a packet's conversation sends; nothing when neither end has the port.
  static std::optional<Way> find_client(const Ends& ends, Way way, const Known* known) {
    if (!ends.served.empty()) {
      const bool to_server = contains(ends.served, ends.destination.port);
      const bool from_server = contains(ends.served, ends.source.port);
      if (to_server && !from_server) return way;
      if (from_server && !to_server) return opposite(way);
      if (!from_server) return std::nullopt;
    }
    if (known != nullptr) return known->client;
    return ends.source_is_server ? opposite(way) : way;
  }

  std::optional<std::size_t> original_of(std::size_t index) const {
    const std::size_t begin = index - std::min(index, kCopyReach);
    const auto found = find_original(packets_.subspan(begin, index - begin), packets_[index]);
    return found ? std::optional(begin + *found) : std::nullopt;
  }

  // Sent again because the receiver dropped it, or before: within a reach that covers a timeout.
  std::optional<std::size_t> find_undamaged(std::size_t index) const {
    if (!wrong_[index]) return std::nullopt;
    const std::size_t begin = index - std::min(index, kMaxLookahead);
    const std::size_t end = std::min(packets_.size(), index + kMaxLookahead);
    for (std::size_t other = begin; other < end; ++other) {
      if (!wrong_[other] && carries_the_same(packets_[index], packets_[other])) return other;
    }
    return std::nullopt;
  }

  void sort(std::size_t index, const Packet& packet) {
    if (!add_tcp(index, packet) && !add_udp(index, packet) && !add_icmp(index, packet)) {
      result_.others.push_back(index);
      if (packet.has_cut_header() && may_be_of_these(packet)) ++result_.cut_packets;
    }
  }

  void add_fragment(std::size_t index, const Packet& packet) {
    std::optional<WholePacket> whole = fragments_.add(index, packet);
    if (!whole) return;
    for (const std::size_t part : whole->parts) {
      if (part != index) result_.fragments.push_back({part, index});
    }
    sort(index, whole->packet);
    result_.joined.push_back(std::move(whole->bytes));
  }

  // Where the fragment with the ports was not captured it may be one.
  bool is_of_these(const BrokenPacket& broken) const {
    return is_of_these(broken.protocol,
                       broken.first ? broken.first->ports() : std::optional<TransportPorts>());
  }

  // What is known of a packet with a header that is cut off.
  bool may_be_of_these(const Packet& packet) const {
    if (!packet.ip) return true;
    const bool is_chain_cut = packet.defect->layer == Layer::ipv6;  // the transport is behind it
    return is_chain_cut || is_of_these(packet.ip->protocol, packet.ports());
  }

  // Ports that are not known may be the right ones.
  bool is_of_these(std::uint8_t protocol, const std::optional<TransportPorts>& ports) const {
    const bool is_tcp = protocol == ip_protocol::kTcp;
    if (!is_tcp && protocol != ip_protocol::kUdp) return false;
    const std::vector<std::uint16_t>& served = is_tcp ? served_.tcp : served_.udp;
    // Else nobody asks for the protocol.
    if (served.empty()) return served_.tcp.empty() && served_.udp.empty();
    return !ports || contains(served, ports->source) || contains(served, ports->destination);
  }

  bool add_tcp(std::size_t index, const Packet& packet) {
    const TcpHeader* header = packet.tcp();
    if (header == nullptr) return false;
    constexpr std::uint16_t kOpening = tcp_flag::kSyn | tcp_flag::kAck;
    Ends ends{{packet.ip->source, header->source_port},
              {packet.ip->destination, header->destination_port},
              served_.tcp,
              (header->flags & kOpening) == kOpening || is_from_service(*header)};
    const FlowPlace place = place_of_tcp(packet);
    Known* known = tcp_.find(place.key);
    std::optional<Way> client = find_client(ends, place.way, known);
    if (!client) return false;
    const auto side = [&] { return place.way == *client ? Side::client : Side::server; };
    bool is_new = known == nullptr;
    if (!is_new && is_another_opening(builders_[known->index], side(), index, packet)) {
      client = find_client(ends, place.way, nullptr);  // it may go the other way
      is_new = true;
    }
    if (is_new) {
      if (side() == Side::server) std::swap(ends.source, ends.destination);
      const Known newest{builders_.size(), *client};
      builders_.emplace_back(ends.source, ends.destination);
      known = known == nullptr ? &tcp_.insert(place.key, newest) : &(*known = newest);
    }
    builders_[known->index].add(index, side(), packet);
    return true;
  }

  // A SYN that may be challenged is told by what comes after it: its answer, or what its end sends
  // behind it, opens another connection; where the old one goes on it was none.
  bool is_another_opening(const ConnectionBuilder& known, Side from, std::size_t index,
                          const Packet& packet) {
    const TcpHeader& syn = *packet.tcp();
    using Opening = ConnectionNumbers::Opening;
    const Opening opening = known.opening(from, syn);
    if (opening != Opening::undecided) return opening == Opening::another;
    const FlowPlace place = place_of_tcp(packet);
    bool goes_on = false;
    const std::size_t end = std::min(packets_.size(), index + kMaxLookahead);
    for (std::size_t next = index + 1; next < end; ++next) {
      const Packet& later = packets_[next];
      const TcpHeader* header = later.tcp();
      if (header == nullptr || later.ip->is_fragment()) continue;
      const FlowPlace at = place_of_tcp(later);
      if (at.key != place.key) continue;
      const Side side = at.way == place.way ? from : other_side(from);
      if (known.confirms_opening(from, syn, side, *header)) return true;
      goes_on = goes_on || side != from || header->sequence != syn.sequence;
      constexpr std::uint16_t kEnds = tcp_flag::kFin | tcp_flag::kRst;
      if ((header->flags & kEnds) != 0) return false;
    }
    return !goes_on;
  }

  bool add_udp(std::size_t index, const Packet& packet) {
    const UdpHeader* header = packet.udp();
    if (header == nullptr) return false;
    const Ends ends{{packet.ip->source, header->source_port},
                    {packet.ip->destination, header->destination_port},
                    served_.udp,
                    false};
    const FlowPlace place = place_in(udp_vlans_, place_of(ends.source, ends.destination), packet);
    Known* known = udp_.find(place.key);
    if (known == nullptr && served_.answers_from_other_ports) known = find_asked(ends, place);
    const std::optional<Way> client =
        known != nullptr ? std::optional(known->client) : find_client(ends, place.way, known);
    if (!client) return false;
    const Side from = place.way == *client ? Side::client : Side::server;
    if (known == nullptr) {
      known = &udp_.insert(place.key, {result_.udp.size(), *client});
      UdpExchange& exchange = result_.udp.emplace_back();
      exchange.client = from == Side::client ? ends.source : ends.destination;
      exchange.server = from == Side::client ? ends.destination : ends.source;
      asked_[{exchange.client, exchange.server.address}] = known->index;
    }
    Datagram& datagram = add_datagram(*known, from, index, packet);
    datagram.truncated = packet.is_cut();
    datagram.server_port = from == Side::client ? ends.destination.port : ends.source.port;
    return true;
  }

  // The newest exchange of the datagram's receiver with its sender's address; null: it was not
  // asked, or the datagram is of a port that is served.
  Known* find_asked(const Ends& ends, const FlowPlace& place) {
    if (contains(served_.udp, ends.source.port) || contains(served_.udp, ends.destination.port)) {
      return nullptr;
    }
    const auto asked = asked_.find({ends.destination, ends.source.address});
    if (asked == asked_.end()) return nullptr;
    return &udp_.insert(place.key, {asked->second, opposite(place.way)});
  }

  // A port unreachable belongs to the exchange whose datagram it quotes: it comes from the side
  // that the datagram was sent to. TCP connections have no place for it.
  bool add_icmp(std::size_t index, const Packet& packet) {
    const IcmpHeader* icmp = packet.icmp();
    if (icmp == nullptr || !is_port_unreachable(*icmp)) return false;
    const std::optional<QuotedDatagram> quoted = read_quoted_datagram(packet);
    if (!quoted || quoted->protocol != ip_protocol::kUdp) return false;
    const FlowPlace place =
        place_in(udp_vlans_, place_of(quoted->source, quoted->destination), packet);
    const Known* known = udp_.find(place.key);
    if (known == nullptr) return false;
    const Side from = place.way == known->client ? Side::server : Side::client;
    Datagram& datagram = add_datagram(*known, from, index, packet);
    datagram.port_unreachable = true;
    datagram.server_port = from == Side::server ? quoted->destination.port : quoted->source.port;
    return true;
  }

  Datagram& add_datagram(const Known& known, Side from, std::size_t index, const Packet& packet) {
    Datagram& datagram = result_.udp[known.index].datagrams.emplace_back();
    datagram.packet = index;
    datagram.from = from;
    datagram.time = packet.raw.time;
    datagram.fate = packet.raw.fate;
    datagram.payload_size = packet.payload_size;
    datagram.payload = packet.payload;
    return datagram;
  }

  // How many packets behind a SYN are looked at for its answer, and around one with a wrong
  // checksum for a good one.
  static constexpr std::size_t kMaxLookahead = 1000;

  std::span<const Packet> packets_;
  ServedPorts served_;
  FragmentJoiner fragments_;
  bool has_tags_ = false;
  std::vector<bool> wrong_;  // of each packet: whether a checksum is
  VlanFlows tcp_vlans_;
  VlanFlows udp_vlans_;
  Table tcp_;                                                    // index into builders_
  Table udp_;                                                    // index into result_.udp
  std::map<std::pair<Endpoint, IpAddress>, std::size_t> asked_;  // by client and server's address
  std::deque<ConnectionBuilder> builders_;
  Conversations result_;
};

}  // namespace

Conversations build_conversations(std::span<const Packet> packets, std::uint16_t tcp_port,
                                  std::uint16_t udp_port) {
  ServedPorts ports;
  if (tcp_port != 0) ports.tcp.push_back(tcp_port);
  if (udp_port != 0) ports.udp.push_back(udp_port);
  return build_conversations(packets, std::move(ports));
}

Conversations build_conversations(std::span<const Packet> packets, ServedPorts ports) {
  ConversationSorter sorter(packets, std::move(ports));
  for (std::size_t index = 0; index < packets.size(); ++index) sorter.add(index, packets[index]);
  return sorter.take();
}

}  // namespace wireproof
