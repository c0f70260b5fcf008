#include "packets/flow/fragments.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

namespace wireproof {
namespace {

constexpr std::size_t kMaxIpBytes = 65535;
constexpr std::size_t kMaxPending = 64;  // packets that are not whole yet

using PacketKey = std::tuple<IpAddress, IpAddress, std::uint8_t, std::uint32_t>;

// Of a link whose packets may be put together here; nothing for others.
std::optional<std::size_t> link_header_size(const Packet& packet) {
  constexpr std::size_t kEthernetBytes = 14;
  constexpr std::size_t kVlanBytes = 4;
  constexpr std::size_t kCookedV1Bytes = 16;
  constexpr std::size_t kCookedV2Bytes = 20;
  switch (packet.raw.link) {
    case LinkType::ethernet:
      return kEthernetBytes + (packet.vlan ? kVlanBytes : 0);
    case LinkType::linux_cooked_v1:
      return kCookedV1Bytes;
    case LinkType::linux_cooked_v2:
      return kCookedV2Bytes;
    case LinkType::raw_ip:
      return 0;
    case LinkType::bsd_null:
    case LinkType::bsd_loop:
    case LinkType::unsupported:
      return std::nullopt;
  }
  return std::nullopt;
}

// A packet of which some fragments were captured.
struct Pending {
  Bytes head;  // link and IP header of the first fragment
  std::size_t link_size = 0;
  std::map<std::size_t, Bytes> pieces;  // by offset
  std::optional<std::size_t> size;      // of the whole payload, once the last fragment is here
  std::vector<std::size_t> indexes;

  bool is_whole() const {
    if (head.empty() || !size) return false;
    std::size_t end = 0;
    for (const auto& [offset, piece] : pieces) {
      if (offset > end) return false;
      end = std::max(end, offset + piece.size());
    }
    return end == *size && head.size() - link_size + end <= kMaxIpBytes;
  }

  Bytes join() const {
    constexpr std::size_t kLengthAt = 2;  // in the IPv4 header
    constexpr std::size_t kFlagsAt = 6;
    Bytes bytes = head;
    bytes.resize(head.size() + *size);
    for (const auto& [offset, piece] : pieces) {
      std::ranges::copy(piece, bytes.begin() + static_cast<std::ptrdiff_t>(head.size() + offset));
    }
    const std::size_t length = bytes.size() - link_size;
    bytes[link_size + kLengthAt] = static_cast<std::uint8_t>(length >> 8);
    bytes[link_size + kLengthAt + 1] = static_cast<std::uint8_t>(length);
    bytes[link_size + kFlagsAt] = 0;
    bytes[link_size + kFlagsAt + 1] = 0;
    return bytes;
  }
};

// False: these bytes cannot be a part of a packet that is put together.
bool add_piece(const Packet& packet, std::size_t index, Pending& pending) {
  const auto link_size = link_header_size(packet);
  const ByteView bytes = packet.raw.bytes;
  constexpr std::size_t kLeastIpBytes = 20;
  if (!link_size || bytes.size() < *link_size + kLeastIpBytes) return false;
  const ByteView ip = bytes.subspan(*link_size);
  const std::size_t head_size = (ip[0] & 0x0FU) * 4U;
  const std::size_t total = static_cast<std::size_t>(ip[2]) << 8 | ip[3];
  if (head_size < kLeastIpBytes || total < head_size || ip.size() < total) return false;
  const ByteView body = ip.subspan(head_size, total - head_size);
  const std::size_t offset = packet.ip->fragment_offset_bytes;
  if (offset == 0) {
    pending.link_size = *link_size;
    pending.head.assign(bytes.begin(),
                        bytes.begin() + static_cast<std::ptrdiff_t>(*link_size + head_size));
  }
  if (!packet.ip->more_fragments) pending.size = offset + body.size();
  pending.pieces.emplace(offset, Bytes(body.begin(), body.end()));
  pending.indexes.push_back(index);
  return true;
}

}  // namespace

PacketStore join_fragments(const PacketStore& packets) {
  if (count_fragments(packets) == 0) return packets;
  const std::vector<Packet> all = packets.decode_all();
  std::map<PacketKey, Pending> pending;
  std::map<std::size_t, Bytes> joined;  // by the index of the last fragment
  std::vector<bool> is_joined(all.size(), false);
  for (std::size_t index = 0; index < all.size(); ++index) {
    const Packet& packet = all[index];
    if (!packet.ip || !packet.ip->is_fragment()) continue;
    const IpInfo& ip = *packet.ip;
    if (ip.source.version != IpVersion::v4) continue;
    const PacketKey key{ip.source, ip.destination, ip.protocol, ip.identification};
    if (!pending.contains(key) && pending.size() == kMaxPending) continue;
    Pending& parts = pending[key];
    if (!add_piece(packet, index, parts) || !parts.is_whole()) continue;
    joined[index] = parts.join();
    for (const std::size_t part : parts.indexes) is_joined[part] = true;
    pending.erase(key);
  }
  PacketStore result;
  for (std::size_t index = 0; index < all.size(); ++index) {
    RawPacket raw = all[index].raw;
    if (const auto whole = joined.find(index); whole != joined.end()) {
      raw.bytes = whole->second;
      raw.original_size = static_cast<std::uint32_t>(whole->second.size());
    } else if (is_joined[index]) {
      continue;
    }
    result.append(raw);
  }
  return result;
}

std::size_t count_fragments(const PacketStore& packets) {
  const std::vector<Packet> all = packets.decode_all();
  return static_cast<std::size_t>(std::ranges::count_if(
      all, [](const Packet& packet) { return packet.ip && packet.ip->is_fragment(); }));
}

}  // namespace wireproof
