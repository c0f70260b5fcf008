#include "expect/path/altered_packet.h"

#include <algorithm>
#include <span>

#include "packets/wire/checksum.h"
#include "packets/wire/ip.h"

namespace wireproof {
namespace {

constexpr std::size_t kIpv4HeaderSize = 20;  // without options
constexpr std::size_t kIpv4Length = 2;       // offsets of RFC 791 §3.1
constexpr std::size_t kUdpLength = 4;        // RFC 768

void put_u16(Bytes& bytes, std::size_t offset, std::size_t value) {
  bytes[offset] = static_cast<std::uint8_t>(value >> 8);
  bytes[offset + 1] = static_cast<std::uint8_t>(value);
}

std::size_t payload_offset(const Packet& packet) {
  return static_cast<std::size_t>(packet.payload.data() - packet.raw.bytes.data());
}

Bytes corrupt(const Packet& packet, Bytes bytes, const PathAction& action) {
  bytes[payload_offset(packet) + action.byte] ^= 0xff;
  if (action.mends_checksum) fill_checksums(bytes);
  return bytes;
}

Bytes cut(const Packet& packet, Bytes bytes, std::uint64_t size) {
  bytes.resize(payload_offset(packet) + size);
  put_u16(bytes, kIpv4Length, bytes.size());
  if (packet.udp() != nullptr) {
    const std::size_t udp = ipv4_header_size(bytes);
    put_u16(bytes, udp + kUdpLength, bytes.size() - udp);
  }
  fill_checksums(bytes);
  return bytes;
}

// RFC 792: type 3, a code, and the header that it is about with 8 bytes more. `rest` is the word
// behind the checksum.
Bytes unreachable(ByteView about, std::uint8_t code, std::uint32_t rest) {
  constexpr std::uint8_t kIcmp = 1;
  constexpr std::uint8_t kTimeToLive = 64;
  constexpr std::size_t kQuoted = 8;
  const ByteView quoted = about.first(std::min(about.size(), ipv4_header_size(about) + kQuoted));
  ByteWriter icmp;
  icmp.write_u8(3);
  icmp.write_u8(code);
  icmp.write_u16(0);  // the checksum, until it is filled in
  icmp.write_u32(rest);
  icmp.write_bytes(quoted);
  ByteWriter packet;
  packet.write_u8(0x45);
  packet.write_u8(0);
  packet.write_u16(static_cast<std::uint16_t>(kIpv4HeaderSize + icmp.bytes().size()));
  packet.write_u32(0);  // identification, flags and offset: it is no fragment
  packet.write_u8(kTimeToLive);
  packet.write_u8(kIcmp);
  packet.write_u16(0);
  constexpr std::size_t kSource = 12;
  constexpr std::size_t kDestination = 16;
  packet.write_bytes(about.subspan(kDestination, 4));
  packet.write_bytes(about.subspan(kSource, 4));
  packet.write_bytes(icmp.bytes());
  Bytes bytes = packet.bytes();
  fill_checksums(bytes);
  return bytes;
}

}  // namespace

bool fits_action(const Packet& packet, const PathAction& action) {
  const bool is_ipv4 = packet.ip && packet.ip->source.version == IpVersion::v4;
  const bool is_plain = is_ipv4 && !packet.defect && !packet.is_cut() && !packet.ip->is_fragment();
  switch (action.deed) {
    case PathDeed::corrupt:
      return is_plain && action.byte < packet.payload.size();
    case PathDeed::cut:
      return is_plain && action.size < packet.payload.size();
    case PathDeed::port_unreachable:
    case PathDeed::fragmentation_needed:
      return is_ipv4 && packet.icmp() == nullptr;
    default:
      return true;
  }
}

PathTurn alter_packet(const Packet& packet, Side from, const PathAction& action) {
  constexpr std::uint8_t kFragmentationNeeded = 4;  // codes of RFC 792
  constexpr std::uint8_t kPort = 3;
  const Side to = other_side(from);
  Bytes bytes(packet.raw.bytes.begin(), packet.raw.bytes.end());
  switch (action.deed) {
    case PathDeed::lose:
      return {PacketFate::lost, {}};
    case PathDeed::delay:
      return {PacketFate::late, {{std::move(bytes), to, action.delay}}};
    case PathDeed::duplicate:
      return {PacketFate::twice, {{bytes, to, {}}, {bytes, to, {}}}};
    case PathDeed::swap:
      return {PacketFate::late, {{std::move(bytes), to, {}}}};
    case PathDeed::corrupt:
      return {action.mends_checksum ? PacketFate::corrupted_right : PacketFate::corrupted,
              {{corrupt(packet, std::move(bytes), action), to, {}}}};
    case PathDeed::cut:
      return {PacketFate::cut, {{cut(packet, std::move(bytes), action.size), to, {}}}};
    case PathDeed::port_unreachable:
      return {PacketFate::lost, {{unreachable(bytes, kPort, 0), from, {}}}};
    case PathDeed::fragmentation_needed:
      break;
  }
  const auto mtu = static_cast<std::uint32_t>(action.size);
  return {PacketFate::lost, {{unreachable(bytes, kFragmentationNeeded, mtu), from, {}}}};
}

}  // namespace wireproof
