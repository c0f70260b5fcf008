#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/text/address.h"

namespace wireproof {

// Which way a packet goes between the two ends of its flow, which are ordered by address and port.
enum class Way : std::uint8_t { forward, backward };

constexpr Way opposite(Way way) {
  return way == Way::forward ? Way::backward : Way::forward;
}

// Both ends of a flow, the same for either way. An IPv4 address fills the lower half.
struct FlowKey {
  std::uint64_t first_upper = 0;
  std::uint64_t first_lower = 0;
  std::uint64_t second_upper = 0;
  std::uint64_t second_lower = 0;
  std::uint16_t first_port = 0;
  std::uint16_t second_port = 0;
  std::uint32_t vlan : 24 = 0;  // where a tag parts what the ends have (VlanParts)
  IpVersion version = IpVersion::v4;

  bool operator==(const FlowKey&) const = default;
};

// A packet's flow, and which way the packet goes.
struct FlowPlace {
  FlowKey key;
  Way way = Way::forward;
};

// Both addresses have one version.
FlowPlace find_flow(const IpAddress& source, std::uint16_t source_port,
                    const IpAddress& destination, std::uint16_t destination_port);

std::uint64_t hash_flow_key(const FlowKey& key);

// A value for each flow. They lie in the order of their first packets, so that those of one time
// lie together, below an index over them: open addressing with linear probing, at most half full.
template <class Value>
class FlowTable {
 public:
  struct Entry {
    FlowKey key;
    Value value;
  };

  // Null when there is none; good until the next insert().
  Entry* find(const FlowKey& key, std::uint64_t hash) {
    if (slots_.empty()) return nullptr;
    const std::size_t mask = slots_.size() - 1;
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    for (std::size_t index = home(tag); slots_[index].place != 0; index = (index + 1) & mask) {
      Entry& entry = entries_[slots_[index].place - 1];
      if (slots_[index].tag == tag && entry.key == key) return &entry;
    }
    return nullptr;
  }
  Value* find(const FlowKey& key) {
    Entry* const entry = find(key, hash_flow_key(key));
    return entry == nullptr ? nullptr : &entry->value;
  }

  // The flow must not be there yet. Good until the next one.
  Entry& insert(const Entry& entry, std::uint64_t hash) {
    if (2 * (entries_.size() + 1) > slots_.size()) grow();
    entries_.push_back(entry);
    insert_slot(
        {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(entries_.size())});
    return entries_.back();
  }
  Value& insert(const FlowKey& key, const Value& value) {
    return insert(Entry{key, value}, hash_flow_key(key)).value;
  }

  std::size_t size() const { return entries_.size(); }
  void clear() {
    slots_.clear();
    entries_.clear();
  }

 private:
  struct Slot {
    std::uint32_t tag = 0;    // upper half of the hash
    std::uint32_t place = 0;  // in entries_, from 1; 0: an empty slot
  };

  std::size_t home(std::uint32_t tag) const { return tag & (slots_.size() - 1); }

  void insert_slot(Slot slot) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t index = home(slot.tag);
    while (slots_[index].place != 0) index = (index + 1) & mask;
    slots_[index] = slot;
  }

  void grow() {
    constexpr std::size_t kFirstSlotCount = 1024;
    std::vector<Slot> old(std::max(kFirstSlotCount, 2 * slots_.size()));
    std::swap(old, slots_);
    for (const Slot& slot : old) {
      if (slot.place != 0) insert_slot(slot);
    }
  }

  std::vector<Slot> slots_;
  std::vector<Entry> entries_;
};

}  // namespace wireproof
