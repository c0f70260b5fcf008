#pragma once

#include <cstddef>
#include <vector>

#include "packets/flow/connection_tracker.h"
#include "packets/flow/fragments.h"
#include "packets/flow/recent_packets.h"
#include "packets/flow/vlan_parts.h"

namespace wireproof {

// Follows all connections of a capture of any size.
class FlowNumbers {
 public:
  // Of so many connections the numbers are remembered. When they are more, those go that had no
  // packet for longest: at least the `max_flows / 2` most recent ones always stay.
  static constexpr std::size_t kMaxFlows = std::size_t{1} << 19;
  explicit FlowNumbers(std::size_t max_flows = kMaxFlows);
  FlowNumbers(const FlowNumbers&) = delete;
  FlowNumbers& operator=(const FlowNumbers&) = delete;

  // What the next packet of the capture is to its connection; nothing without TCP, but for a copy
  // of a datagram or of a fragment. The first fragment of a segment has numbers only: the segment
  // comes with the fragment that makes it whole, which has the others.
  TrackedSegment track(const Packet& packet);

 private:
  struct Flow {
    ConnectionTracker tracker;
    VlanParts vlans;  // of the first conversation of the ends
  };
  using Table = FlowTable<Flow>;

  static FlowPlace place_of(const Packet& packet);
  TrackedSegment track_whole(const Packet& packet);
  TrackedSegment track_fragment(const Packet& packet);
  bool has(const FlowKey& key);
  TrackedSegment look(const Packet& packet);
  void compare_with_recent(const Packet& packet, TrackedSegment& segment) const;
  Flow& flow_of(const FlowPlace& place, const Packet& packet);
  Table::Entry& look_up(const FlowKey& key);

  std::size_t max_per_table_;
  Table recent_;
  Table older_;                     // what was `recent_` before it was full
  Table::Entry* latest_ = nullptr;  // in recent_; what look_up() gave, good until its next call
  FragmentJoiner fragments_;
  RecentPackets recent_packets_;
  std::uint64_t number_ = 0;    // of the last packet
  std::vector<NewPart> parts_;  // nobody asks for them
};

}  // namespace wireproof
