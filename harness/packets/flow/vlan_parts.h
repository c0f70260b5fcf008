#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "packets/flow/flow_table.h"
#include "packets/wire/packet.h"

namespace wireproof {

// Which of the VLANs that packets with the same addresses and ports were captured in hold a
// conversation of their own.
//
// A tag (or two of QinQ, or none) parts the flow once it is shown to carry both directions, or an
// opening (a SYN without ACK, a datagram to the server); the first such tag keeps what was seen
// before. Any other tag is only another way of the first one: a mirror port may show the two
// directions of one conversation under different tags, or only one of them tagged.
class VlanParts {
 public:
  // Whether the tag is known to be that of the first conversation: the usual case at once.
  bool is_first(VlanPath tag) const { return first_ == tag; }
  // Learns from a packet whose tag has no conversation of its own. Whether it has one from now on.
  bool parts(VlanPath tag, Way way, bool opens);

  // The key of the conversation that a tag has apart from the first one.
  static FlowKey own_key(const FlowKey& key, VlanPath tag);

 private:
  static constexpr VlanPath kNone = ~VlanPath{0};

  struct Seen {
    VlanPath tag = kNone;
    Way way = Way::forward;
  };

  VlanPath first_ = kNone;
  std::array<Seen, 2> seen_;  // the tags that were last shown to carry one direction
};

// The same for all flows of a capture.
class VlanFlows {
 public:
  void learn(const FlowPlace& place, VlanPath tag, bool opens);
  // The flow of a packet, as far as was learnt.
  FlowKey look(const FlowKey& key, VlanPath tag);

 private:
  FlowTable<VlanParts> flows_;
};

}  // namespace wireproof
