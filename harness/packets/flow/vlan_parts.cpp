#include "packets/flow/vlan_parts.h"

#include <algorithm>
#include <utility>

namespace wireproof {

bool VlanParts::parts(VlanPath tag, Way way, bool opens) {
  const auto seen = std::ranges::find(seen_, tag, &Seen::tag);
  const bool is_both_ways = seen != seen_.end() && seen->way != way;
  if (!opens && !is_both_ways) {
    if (seen == seen_.end()) seen_ = {Seen{tag, way}, seen_[0]};
    return false;
  }
  if (first_ != kNone) return true;
  first_ = tag;
  return false;
}

FlowKey VlanParts::own_key(const FlowKey& key, VlanPath tag) {
  FlowKey own = key;
  own.vlan = (tag == 0 ? kVlanPathMask : tag) & kVlanPathMask;  // id 4095 is reserved
  return own;
}

void VlanFlows::learn(const FlowPlace& place, VlanPath tag, bool opens) {
  VlanParts* first = flows_.find(place.key);
  if (first == nullptr) first = &flows_.insert(place.key, {});
  if (first->is_first(tag)) return;
  const FlowKey own = VlanParts::own_key(place.key, tag);
  if (flows_.find(own) == nullptr && first->parts(tag, place.way, opens)) flows_.insert(own, {});
}

FlowKey VlanFlows::look(const FlowKey& key, VlanPath tag) {
  const VlanParts* const first = flows_.find(key);
  if (first == nullptr || first->is_first(tag)) return key;
  const FlowKey own = VlanParts::own_key(key, tag);
  return flows_.find(own) == nullptr ? key : own;
}

}  // namespace wireproof
