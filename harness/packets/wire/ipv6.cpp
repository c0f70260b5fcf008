#include "packets/wire/ipv6.h"

#include <algorithm>

#include "packets/wire/ip_protocol.h"

namespace wireproof {
namespace {

constexpr std::uint32_t kFragmentHeaderSize = 8;
constexpr std::uint32_t kIpv6MoreFragments = 0x0001;

IpAddress read_address(ByteReader& reader) {
  IpAddress address{IpVersion::v6, {}};
  std::ranges::copy(reader.read_bytes(16), address.bytes.begin());
  return address;
}

bool is_extension(std::uint8_t protocol) {
  switch (protocol) {
    case ip_protocol::kHopByHop:
    case ip_protocol::kRouting:
    case ip_protocol::kFragment:
    case ip_protocol::kAuthentication:
    case ip_protocol::kDestinationOptions:
    case ip_protocol::kMobility:
    case ip_protocol::kHostIdentity:
    case ip_protocol::kShim6:
      return true;
    default:
      return false;
  }
}

// The size that the header at `bytes` claims, which has at least two bytes.
std::uint32_t extension_size(std::uint8_t protocol, ByteView bytes) {
  if (protocol == ip_protocol::kFragment) return kFragmentHeaderSize;
  // RFC 4302 §2.2 counts in 4 bytes minus 2, RFC 8200 §4.3 and the others in 8 bytes minus 1.
  if (protocol == ip_protocol::kAuthentication) return (std::uint32_t{bytes[1]} + 2) * 4;
  return (std::uint32_t{bytes[1]} + 1) * 8;
}

Ipv6Fragment read_fragment(ByteView bytes) {
  ByteReader reader(bytes);
  reader.skip(2);
  const std::uint16_t offset_and_flags = reader.read_u16();
  Ipv6Fragment fragment;
  fragment.offset_bytes = offset_and_flags & 0xfff8;
  fragment.more_fragments = (offset_and_flags & kIpv6MoreFragments) != 0;
  fragment.identification = reader.read_u32();
  return fragment;
}

// Steps over the header that `headers` stands at; false when the chain ends with it.
bool step_over(ExtensionHeaders& headers, ByteView bytes) {
  const ByteView rest = bytes.subspan(headers.size);
  if (rest.size() < 2 || rest.size() < extension_size(headers.protocol, rest)) {
    headers.defect = HeaderDefect{headers.size, "extension header is cut off"};
    return false;
  }
  const std::uint8_t number = headers.protocol;
  headers.protocol = rest[0];
  headers.size += extension_size(number, rest);
  if (number != ip_protocol::kFragment) return true;
  headers.fragment = read_fragment(rest);
  return headers.fragment->offset_bytes == 0;
}

}  // namespace

HeaderResult<Ipv6Header> read_ipv6(ByteView bytes) {
  if (bytes.size() < kIpv6HeaderSize) return header_defect(0, "ipv6 header is cut off");
  ByteReader reader(bytes);
  const std::uint32_t first = reader.read_u32();
  if ((first >> 28) != 6) return header_defect(0, "ip version is not 6");
  Ipv6Header header;
  header.traffic_class = static_cast<std::uint8_t>(first >> 20);
  header.flow_label = first & 0xfffff;
  header.payload_length = reader.read_u16();
  header.next_header = reader.read_u8();
  header.hop_limit = reader.read_u8();
  header.source = read_address(reader);
  header.destination = read_address(reader);
  return header;
}

void write_ipv6(ByteWriter& writer, const Ipv6Header& header) {
  writer.write_u32((std::uint32_t{6} << 28) | (std::uint32_t{header.traffic_class} << 20) |
                   (header.flow_label & 0xfffff));
  writer.write_u16(header.payload_length);
  writer.write_u8(header.next_header);
  writer.write_u8(header.hop_limit);
  writer.write_bytes(header.source.bytes);
  writer.write_bytes(header.destination.bytes);
}

void write_ipv6_fragment(ByteWriter& writer, std::uint8_t next_header,
                         const Ipv6Fragment& fragment) {
  writer.write_u8(next_header);
  writer.write_u8(0);
  writer.write_u16(static_cast<std::uint16_t>((fragment.offset_bytes & 0xfff8) |
                                              (fragment.more_fragments ? kIpv6MoreFragments : 0)));
  writer.write_u32(fragment.identification);
}

ExtensionHeaders read_ipv6_extensions(ByteView bytes, std::uint8_t next_header) {
  ExtensionHeaders headers;
  headers.protocol = next_header;
  while (is_extension(headers.protocol) && step_over(headers, bytes)) {
  }
  return headers;
}

ExtensionHeaders read_ipv4_extensions(ByteView bytes, std::uint8_t protocol) {
  ExtensionHeaders headers;
  headers.protocol = protocol;
  while (headers.protocol == ip_protocol::kAuthentication && step_over(headers, bytes)) {
  }
  return headers;
}

}  // namespace wireproof
