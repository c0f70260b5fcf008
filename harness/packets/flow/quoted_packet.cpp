#include "packets/flow/quoted_packet.h"

#include <algorithm>

namespace wireproof {
namespace {

IpAddress make_address(IpVersion version, ByteView bytes) {
  IpAddress address;
  address.version = version;
  std::copy(bytes.begin(), bytes.end(), address.bytes.begin());
  return address;
}

}  // namespace

bool is_port_unreachable(const Packet& packet) {
  const IcmpHeader* icmp = packet.icmp();
  if (icmp == nullptr) return false;
  return icmp->is_v6 ? icmp->type == 1 && icmp->code == 4 : icmp->type == 3 && icmp->code == 3;
}

std::optional<QuotedPacket> read_quoted_packet(const Packet& packet) {
  const IcmpHeader* icmp = packet.icmp();
  if (icmp == nullptr || packet.payload.empty()) return std::nullopt;
  const bool is_v6 = icmp->is_v6;
  const IpVersion version = is_v6 ? IpVersion::v6 : IpVersion::v4;
  const std::size_t address_size = is_v6 ? 16 : 4;
  // IPv4 keeps its header size in the low half of the first byte, in words; an IPv6 header without
  // extensions, as a UDP or TCP socket sends it, has 40 bytes.
  const std::size_t header_size = is_v6 ? 40 : std::size_t{packet.payload[0] & 0x0FU} * 4;
  ByteReader reader(packet.payload);
  QuotedPacket quoted;
  reader.skip(is_v6 ? 6 : 9);
  quoted.protocol = reader.read_u8();
  reader.skip(is_v6 ? 1 : 2);
  const ByteView source = reader.read_bytes(address_size);
  const ByteView destination = reader.read_bytes(address_size);
  if (reader.failed() || header_size < reader.offset()) return std::nullopt;
  reader.skip(header_size - reader.offset());
  quoted.source.port = reader.read_u16();
  quoted.destination.port = reader.read_u16();
  if (reader.failed()) return std::nullopt;
  quoted.source.address = make_address(version, source);
  quoted.destination.address = make_address(version, destination);
  return quoted;
}

}  // namespace wireproof
