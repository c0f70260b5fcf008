#include "packets/flow/recent_packets.h"

#include <algorithm>
#include <cstring>

#include "packets/flow/captured_copy.h"

namespace wireproof {

std::uint32_t RecentPackets::mark_of(const Packet& packet) {
  constexpr std::uint32_t kFirst = 0x9e3779b1;  // odd, without a pattern
  constexpr std::uint32_t kSecond = 0x85ebca6b;
  std::uint32_t mark = packet.ip->identification * kFirst;
  if (packet.ip->is_fragment()) {
    mark += packet.ip->fragment_offset_bytes * kSecond;
    return mark ^ mark >> 16;
  }
  mark += packet.payload_size;
  if (const TcpHeader* const tcp = packet.tcp()) {
    mark += tcp->sequence * kSecond ^ tcp->acknowledgement * kFirst;
  } else {
    const TransportPorts ports = *packet.ports();
    mark += ports.source * kSecond ^ ports.destination * kFirst;
  }
  return mark ^ mark >> 16;
}

void RecentPackets::add(std::uint64_t number, const Packet& packet) {
  const ByteView bytes = packet.raw.bytes;
  if (bytes.size() > kBytes) return;
  const std::uint64_t left = kBytes - written_ % kBytes;
  if (bytes.size() > left) written_ += left;
  if (!bytes.empty()) std::memcpy(bytes_.data() + written_ % kBytes, bytes.data(), bytes.size());
  const std::uint32_t mark = mark_of(packet);
  entries_[count_ % kCount] = Entry{number,
                                    written_,
                                    packet.raw.time,
                                    static_cast<std::uint32_t>(bytes.size()),
                                    packet.raw.original_size,
                                    mark,
                                    packet.ports().value_or(TransportPorts{}),
                                    packet.raw.link,
                                    packet.ip->is_fragment()};
  written_ += bytes.size();
  ++count_;
  last_of_mark_[place_of(mark)] = number;
}

Packet RecentPackets::decode(const Entry& entry) const {
  RawPacket raw;
  raw.time = entry.time;
  raw.original_size = entry.original_size;
  raw.link = entry.link;
  raw.bytes = ByteView(bytes_).subspan(entry.begin % kBytes, entry.size);
  return decode_packet(raw);
}

std::optional<std::uint64_t> RecentPackets::find_original(std::uint64_t number,
                                                          const Packet& packet) const {
  const std::uint32_t mark = mark_of(packet);
  const std::uint64_t last = last_of_mark_[place_of(mark)];
  if (last == 0 || number - last > kCopyReach) return std::nullopt;  // the usual case
  // One for each number: what is not kept is no original, but it stands between.
  std::vector<Packet> before(std::min<std::size_t>(number - 1, kCopyReach));
  const std::uint64_t first = number - before.size();
  for (std::uint64_t index = count_; index > 0 && has(index - 1); --index) {
    const Entry& entry = entry_at(index - 1);
    if (entry.number < first) break;
    before[entry.number - first] = decode(entry);
  }
  const auto found = wireproof::find_original(before, packet);
  return found ? std::optional(first + *found) : std::nullopt;
}

}  // namespace wireproof
