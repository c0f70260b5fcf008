#include "packets/wire/packet_store.h"

#include <cassert>

namespace wireproof {

void PacketStore::append(const RawPacket& packet) {
  entries_.push_back(
      Entry{packet.time, packet.original_size, packet.link, bytes_.size(), packet.bytes.size()});
  bytes_.insert(bytes_.end(), packet.bytes.begin(), packet.bytes.end());
}

RawPacket PacketStore::at(std::size_t index) const {
  assert(index < entries_.size());
  const Entry& entry = entries_[index];
  return RawPacket{entry.time, entry.original_size, entry.link,
                   ByteView(bytes_).subspan(entry.begin, entry.size)};
}

std::vector<Packet> PacketStore::decode_all() const {
  std::vector<Packet> packets;
  packets.reserve(entries_.size());
  for (std::size_t i = 0; i < entries_.size(); ++i) packets.push_back(decode_packet(at(i)));
  return packets;
}

}  // namespace wireproof
