#include "packets/flow/flow_numbers.h"

#include <algorithm>
#include <utility>

#include "packets/flow/captured_copy.h"
#include "packets/wire/checksum.h"

namespace wireproof {
namespace {

// The SYN has a number of its own, before the bytes behind it (RFC 9293 §3.4).
std::uint32_t first_byte_of(const TcpHeader& header) {
  return header.sequence + ((header.flags & tcp_flag::kSyn) != 0 ? 1 : 0);
}

// Whether two segments of one end have different bytes at the same numbers.
bool has_other_bytes(const Packet& earlier, const Packet& later) {
  if (earlier.tcp() == nullptr || earlier.vlan != later.vlan) return false;
  if (earlier.ip->source != later.ip->source || earlier.ip->destination != later.ip->destination) {
    return false;
  }
  const std::int64_t distance =
      sequence_distance(first_byte_of(*earlier.tcp()), first_byte_of(*later.tcp()));
  const auto begin = std::max<std::int64_t>(0, distance);
  const auto end = std::min(static_cast<std::int64_t>(earlier.payload.size()),
                            distance + static_cast<std::int64_t>(later.payload.size()));
  if (begin >= end) return false;
  const auto size = static_cast<std::size_t>(end - begin);
  return !std::ranges::equal(
      earlier.payload.subspan(static_cast<std::size_t>(begin), size),
      later.payload.subspan(static_cast<std::size_t>(begin - distance), size));
}

}  // namespace

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

bool FlowNumbers::has(const FlowKey& key) {
  const std::uint64_t hash = hash_flow_key(key);
  return recent_.find(key, hash) != nullptr || older_.find(key, hash) != nullptr;
}

FlowNumbers::Flow& FlowNumbers::flow_of(const FlowPlace& place, const Packet& packet) {
  // The packets of one connection often come in a row.
  if (latest_ == nullptr || latest_->key != place.key) latest_ = &look_up(place.key);
  VlanParts& vlans = latest_->value.vlans;
  if (vlans.is_first(packet.vlan)) return latest_->value;
  const FlowKey own = VlanParts::own_key(place.key, packet.vlan);
  if (!has(own) && !vlans.parts(packet.vlan, place.way, is_opening_syn(*packet.tcp()))) {
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

TrackedSegment FlowNumbers::look(const Packet& packet) {
  TrackedSegment segment;
  if (packet.tcp() == nullptr) return segment;
  // A tag that only copies have holds no conversation.
  const FlowPlace place = place_of(packet);
  const FlowKey own = VlanParts::own_key(place.key, packet.vlan);
  const bool has_own = has(own) && !look_up(place.key).value.vlans.is_first(packet.vlan);
  latest_ = &look_up(has_own ? own : place.key);
  segment.numbers = latest_->value.tracker.look(place.way, *packet.tcp());
  return segment;
}

TrackedSegment FlowNumbers::track_fragment(const Packet& packet) {
  TrackedSegment segment;
  const std::optional<WholePacket> whole = fragments_.add(0, packet);
  fragments_.forget_broken();
  if (whole && whole->packet.tcp() != nullptr) segment = track_whole(whole->packet);
  if (packet.tcp() != nullptr) segment.numbers = look(packet).numbers;
  return segment;
}

void FlowNumbers::compare_with_recent(const Packet& packet, TrackedSegment& segment) const {
  using Twin = TrackedSegment::Twin;
  const auto other = recent_packets_.find_newest(
      packet, [&](const Packet& earlier) { return has_other_bytes(earlier, packet); });
  if (!other) return;
  const bool is_wrong = has_wrong_checksum(packet);
  const bool is_other_wrong = has_wrong_checksum(other->packet);
  const bool carries_it =
      is_wrong ? carries_the_same(packet, other->packet) : carries_the_same(other->packet, packet);
  if (is_wrong != is_other_wrong && carries_it) {
    segment.beside = is_wrong ? Twin::damaged : Twin::good;
    segment.twin = other->number;
  } else {
    segment.repeat =
        contributes(segment.repeat) ? Repeat::conflicting_overlap : Repeat::conflicting_repeat;
  }
}

TrackedSegment FlowNumbers::track(const Packet& packet) {
  ++number_;
  const bool is_fragment = packet.ip && packet.ip->is_fragment();
  if (!is_fragment && packet.tcp() == nullptr && packet.udp() == nullptr) return {};
  TrackedSegment segment;
  if (const auto original = recent_packets_.find_original(number_, packet)) {
    segment = look(packet);
    segment.beside = TrackedSegment::Twin::copy;
    segment.twin = *original;
  } else if (is_fragment) {
    segment = track_fragment(packet);
  } else if (packet.tcp() != nullptr) {
    segment = track_whole(packet);
    const bool may_repeat = is_retransmission(segment.repeat) || contributes(segment.repeat);
    if (packet.payload_size > 0 && !segment.is_usual && may_repeat) {
      compare_with_recent(packet, segment);
    }
  }
  recent_packets_.add(number_, packet);
  return segment;
}

}  // namespace wireproof
