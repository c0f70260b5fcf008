#include "judge/offline/connection_split.h"

#include <algorithm>
#include <limits>
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
  const bool is_ours = whole->packet.tcp() != nullptr && is_served(*whole->packet.ports());
  for (const std::size_t part : whole->parts) {
    const auto stored = fragment_bytes_.find(part);
    if (stored == fragment_bytes_.end()) continue;
    if (is_ours && part != number_) {
      keep(flow_of(place_of(whole->packet, *whole->packet.ports())), stored->second.at(0), part);
    }
    fragment_bytes_.erase(stored);
  }
  if (is_ours) add_tcp(whole->packet);
}

// Where the ports are there, it is that connection that cannot be judged.
void ConnectionSplit::add_cut(const Packet& packet) {
  const std::optional<TransportPorts> ports = packet.ports();
  if (packet.ip && ports) {
    if (is_served(*ports) && packet.ip->protocol == ip_protocol::kTcp) {
      keep(flow_of(place_of(packet, *ports)), packet.raw, number_);
    }
    return;
  }
  const bool is_chain_cut = packet.ip && packet.defect->layer == Layer::ipv6;
  if (packet.ip && !is_chain_cut && packet.ip->protocol != ip_protocol::kTcp) return;
  ++cut_packets_;
  last_lost_ = number_;
}

void ConnectionSplit::add_tcp(const Packet& packet) {
  const TcpHeader& header = *packet.tcp();
  const TransportPorts ports = *packet.ports();
  if (!is_served(ports)) return;
  const FlowPlace place = place_of(packet, ports);
  const auto known = flows_.find(place.key);
  if (known != flows_.end() &&
      known->second.numbers.opening(place.way, header) == ConnectionNumbers::Opening::another) {
    hand_over(known);
  }
  Flow& flow = flow_of(place);
  keep(flow, packet.raw, number_);
  flow.numbers.add(place.way, header, packet.payload_size);
  if (!flow.numbers.has_ended() || flow.waits) return;
  flow.waits = true;
  ended_.push_back({place.key, number_ + kStragglers});
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
  captured.may_lack = last_unknown() >= captured.numbers.front();
  flows_.erase(flow);
  kept_packets_ -= captured.packets.size();
  kept_bytes_ -= captured.packets.byte_count();
  take_(std::move(captured));
}

// One that ended may have gone on since, or be a later connection of its ends.
void ConnectionSplit::hand_over_ended() {
  while (!ended_.empty() && (ended_.front().due <= number_ || !has_room())) {
    const FlowKey key = ended_.front().key;
    ended_.pop_front();
    const auto flow = flows_.find(key);
    if (flow == flows_.end() || !flow->second.waits) continue;
    const std::uint64_t due = flow->second.captured.numbers.back() + kStragglers;
    if (due > number_ && has_room()) {
      ended_.push_back({key, due});
    } else if (flow->second.numbers.has_ended()) {
      hand_over(flow);
    } else {
      flow->second.waits = false;  // its RST was none
    }
  }
}

void ConnectionSplit::finish() {
  std::vector<Flows::iterator> left;
  for (auto flow = flows_.begin(); flow != flows_.end(); ++flow) left.push_back(flow);
  std::ranges::sort(left, {},
                    [](Flows::iterator flow) { return flow->second.captured.numbers.front(); });
  for (const Flows::iterator flow : left) hand_over(flow);
  ended_.clear();
}

std::vector<CapturedFlow> split_flow(CapturedFlow flow, std::uint16_t port) {
  std::vector<CapturedFlow> parts;
  const DecodedCapture decoded = decode_capture(flow.packets, port, 0);
  if (decoded.conversations.tcp.size() < 2) {
    parts.push_back(std::move(flow));
    return parts;
  }
  parts.resize(decoded.conversations.tcp.size());
  for (CapturedFlow& part : parts) {
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
