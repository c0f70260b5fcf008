#include "packets/flow/flow_numbers.h"

#include <algorithm>
#include <utility>

namespace wireproof {

FlowNumbers::FlowNumbers(std::size_t max_flows)
    : max_per_table_(std::max<std::size_t>(1, max_flows / 2)) {}

FlowNumbers::Table::Entry& FlowNumbers::look_up(const FlowKey& key) {
  const std::uint64_t hash = hash_flow_key(key);
  Table::Entry* const found = recent_.find(key, hash);
  if (found != nullptr) return *found;
  if (recent_.size() == max_per_table_) {
    std::swap(recent_, older_);
    recent_.clear();
  }
  const Table::Entry* const earlier = older_.find(key, hash);
  return recent_.insert(earlier != nullptr ? *earlier : Table::Entry{key, {}}, hash);
}

FlowNumbers::Flow& FlowNumbers::flow_of(const FlowPlace& place, const Packet& packet) {
  // The packets of one connection often come in a row.
  if (latest_ == nullptr || latest_->key != place.key) latest_ = &look_up(place.key);
  VlanParts& vlans = latest_->value.vlans;
  if (vlans.is_first(packet.vlan)) return latest_->value;
  const FlowKey own = VlanParts::own_key(place.key, packet.vlan);
  const std::uint64_t hash = hash_flow_key(own);
  const bool has_own = recent_.find(own, hash) != nullptr || older_.find(own, hash) != nullptr;
  if (!has_own && !vlans.parts(packet.vlan, place.way, is_opening_syn(*packet.tcp()))) {
    return latest_->value;
  }
  latest_ = &look_up(own);
  return latest_->value;
}

FlowPlace FlowNumbers::place_of(const Packet& packet) {
  const TcpHeader& header = *packet.tcp();
  return find_flow(packet.ip->source, header.source_port, packet.ip->destination,
                   header.destination_port);
}

TrackedSegment FlowNumbers::track_whole(const Packet& packet) {
  const FlowPlace place = place_of(packet);
  return flow_of(place, packet).tracker.add_or_begin(place.way, packet, parts_);
}

TrackedSegment FlowNumbers::track_fragment(const Packet& packet) {
  TrackedSegment segment;
  const std::optional<WholePacket> whole = fragments_.add(0, packet);
  fragments_.forget_broken();
  if (whole && whole->packet.tcp() != nullptr) segment = track_whole(whole->packet);
  if (packet.tcp() != nullptr) {
    const FlowPlace place = place_of(packet);
    segment.numbers = flow_of(place, packet).tracker.look(place.way, *packet.tcp());
  }
  return segment;
}

}  // namespace wireproof
