#include "judge/offline/connection_split.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "judge/traffic/traffic.h"
#include "packets/wire/ip.h"

namespace wireproof {
namespace {

FlowPlace place_of(const Packet& packet, const TransportPorts& ports) {
  return find_flow(packet.ip->source, ports.source, packet.ip->destination, ports.destination);
}

// Of each packet of a flow with several connections the one that it is of: what is none of their
// segments goes with the packet before it, and a fragment with the whole.
std::vector<std::size_t> find_owners(const Conversations& conversations, std::size_t count) {
  constexpr std::size_t kNobody = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> owners(count, kNobody);
  for (std::size_t i = 0; i < conversations.tcp.size(); ++i) {
    for (const Segment& segment : conversations.tcp[i].segments) owners[segment.packet] = i;
  }
  for (const FragmentPart& part : conversations.fragments) owners[part.packet] = owners[part.whole];
  std::size_t latest = 0;
  for (std::size_t& owner : owners) {
    if (owner == kNobody) owner = latest;
    latest = owner;
  }
  return owners;
}

// Fragments are kept once the last one has come, behind what came between them.
void sort_packets(CapturedFlow& flow) {
  if (std::ranges::is_sorted(flow.numbers)) return;
  std::vector<std::size_t> order(flow.numbers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t index) { return flow.numbers[index]; });
  PacketStore sorted;
  for (const std::size_t index : order) sorted.append(flow.packets.at(index));
  flow.packets = std::move(sorted);
  std::ranges::sort(flow.numbers);
}

}  // namespace

bool ConnectionSplit::add(const Packet& packet) {
  ++number_;
  hand_over_ended();
  if (!has_room()) return false;
  if (packet.ip && packet.ip->is_fragment()) {
    if (packet.ip->protocol == ip_protocol::kTcp) add_fragment(packet);
  } else if (packet.tcp() != nullptr) {
    add_tcp(packet);
  } else if (packet.has_cut_header()) {
    add_cut(packet);
  }
  return true;
}

void ConnectionSplit::add_fragment(const Packet& packet) {
  fragment_bytes_[number_].append(packet.raw);
  if (fragment_bytes_.size() > kMostFragments) {
    last_lost_ = std::max(last_lost_, fragment_bytes_.begin()->first);
    fragment_bytes_.erase(fragment_bytes_.begin());
    ++broken_fragments_;
  }
  const std::optional<WholePacket> whole = fragments_.add(number_, packet);
  fragments_.forget_broken();
  if (!whole) return;
  StoredFragments parts;
  for (const std::size_t part : whole->parts) parts.insert(fragment_bytes_.extract(part));
  if (whole->packet.tcp() != nullptr) add_tcp(whole->packet, parts);
}

// Where the ports are there, it is that connection that cannot be judged.
void ConnectionSplit::add_cut(const Packet& packet) {
  const std::optional<TransportPorts> ports = packet.ports();
  if (packet.ip && ports) {
    if (is_served(*ports) && packet.ip->protocol == ip_protocol::kTcp) {
      keep(flow_of(packet, place_of(packet, *ports)), packet.raw, number_);
    }
    return;
  }
  const bool is_chain_cut = packet.ip && packet.defect->layer == Layer::ipv6;
  if (packet.ip && !is_chain_cut && packet.ip->protocol != ip_protocol::kTcp) return;
  ++cut_packets_;
  last_lost_ = number_;
}

void ConnectionSplit::add_tcp(const Packet& packet, const StoredFragments& fragments) {
  const TcpHeader& header = *packet.tcp();
  const TransportPorts ports = *packet.ports();
  if (!is_served(ports)) return;
  const FlowPlace place = place_of(packet, ports);
  const auto known = flows_.find(place.key);
  if (known != flows_.end() &&
      known->second.numbers.opening(place.way, header) == ConnectionNumbers::Opening::another) {
    hand_over(known);
  }
  Flow& flow = flow_of(packet, place);
  if (fragments.empty()) keep(flow, packet.raw, number_);
  for (const auto& [number, stored] : fragments) keep(flow, stored.at(0), number);
  flow.numbers.add(place.way, header, packet.payload_size, packet.raw.fate);
  if (!flow.numbers.has_ended() || flow.waits) return;
  flow.waits = true;
  ended_.push_back({place.key, flow.captured.numbers.front(), number_ + kStragglers});
}

ConnectionSplit::Flow& ConnectionSplit::flow_of(const Packet& packet, const FlowPlace& place) {
  const auto [flow, is_new] = flows_.try_emplace(place.key);
  if (is_new) {
    const TransportPorts ports = *packet.ports();
    flow->second.captured.client = ports.source == port_
                                       ? Endpoint{packet.ip->destination, ports.destination}
                                       : Endpoint{packet.ip->source, ports.source};
  }
  return flow->second;
}

void ConnectionSplit::keep(Flow& flow, const RawPacket& raw, std::uint64_t number) {
  flow.captured.packets.append(raw);
  flow.captured.numbers.push_back(number);
  ++kept_packets_;
  kept_bytes_ += raw.bytes.size();
}

std::uint64_t ConnectionSplit::last_unknown() const {
  return fragment_bytes_.empty() ? last_lost_
                                 : std::max(last_lost_, fragment_bytes_.rbegin()->first);
}

void ConnectionSplit::hand_over(Flows::iterator flow) {
  CapturedFlow captured = std::move(flow->second.captured);
  captured.has_ended = flow->second.numbers.has_ended();
  sort_packets(captured);
  captured.may_lack = last_unknown() >= captured.numbers.front();
  flows_.erase(flow);
  kept_packets_ -= captured.packets.size();
  kept_bytes_ -= captured.packets.byte_count();
  take_(std::move(captured));
}

// One that ended may have gone on since, or be a later connection of its ends.
void ConnectionSplit::hand_over_ended() {
  while (!ended_.empty() && (ended_.front().due <= number_ || !has_room())) {
    Ended ended = ended_.front();
    ended_.pop_front();
    const auto flow = flows_.find(ended.key);
    if (flow == flows_.end() || flow->second.captured.numbers.front() != ended.first) continue;
    ended.due = flow->second.captured.numbers.back() + kStragglers;
    if (ended.due > number_ && has_room()) {
      ended_.push_back(ended);
    } else if (flow->second.numbers.has_ended()) {
      hand_over(flow);
    } else {
      flow->second.waits = false;  // its RST was none
    }
  }
}

void ConnectionSplit::finish() {
  std::map<std::uint64_t, Flows::iterator> left;  // by its first packet
  for (auto flow = flows_.begin(); flow != flows_.end(); ++flow) {
    left.emplace(std::ranges::min(flow->second.captured.numbers), flow);
  }
  for (const auto& [first, flow] : left) hand_over(flow);
  ended_.clear();
}

std::vector<CapturedFlow> split_flow(CapturedFlow flow, std::uint16_t port) {
  std::vector<CapturedFlow> parts;
  const DecodedCapture decoded = decode_capture(flow.packets, port, 0);
  const std::vector<TcpConnection>& connections = decoded.conversations.tcp;
  if (connections.size() < 2) {
    if (!connections.empty()) flow.client = connections.front().client;
    parts.push_back(std::move(flow));
    return parts;
  }
  parts.resize(connections.size());
  for (CapturedFlow& part : parts) {
    part.client = connections[static_cast<std::size_t>(&part - parts.data())].client;
    part.has_ended = &part != &parts.back() || flow.has_ended;
    part.may_lack = flow.may_lack;
  }
  const std::vector<std::size_t> owners = find_owners(decoded.conversations, flow.packets.size());
  for (std::size_t packet = 0; packet < owners.size(); ++packet) {
    CapturedFlow& part = parts[owners[packet]];
    part.packets.append(flow.packets.at(packet));
    part.numbers.push_back(flow.numbers[packet]);
  }
  // A SYN that was challenged is none of the next connection's only as long as that is there.
  for (CapturedFlow& part : parts) {
    part.is_ambiguous = decode_capture(part.packets, port, 0).conversations.tcp.size() != 1;
  }
  return parts;
}

}  // namespace wireproof
