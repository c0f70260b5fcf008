#pragma once

#include <cstddef>
#include <vector>

#include "packets/wire/packet.h"

namespace wireproof {

// Owns captured packets, in the order of their arrival, in one growing block of bytes.
class PacketStore {
 public:
  // Copies the bytes.
  void append(const RawPacket& packet);
  std::size_t size() const { return entries_.size(); }
  std::size_t byte_count() const { return bytes_.size(); }
  // `index` from 0. The view is good until the next append().
  RawPacket at(std::size_t index) const;
  // All of them decoded; the views are good until the next append().
  std::vector<Packet> decode_all() const;

 private:
  struct Entry {
    Timestamp time{};
    std::uint32_t original_size = 0;
    LinkType link = LinkType::ethernet;
    std::size_t begin = 0;
    std::size_t size = 0;
  };

  std::vector<Entry> entries_;
  Bytes bytes_;
};

}  // namespace wireproof
