#include "packets/wire/ip.h"

#include <algorithm>

namespace wireproof {
namespace {

constexpr int kDontFragment = 0x4000;
constexpr int kMoreFragments = 0x2000;
constexpr int kFragmentOffsetMask = 0x1fff;

void read_ipv4_address(ByteReader& reader, IpAddress& address) {
  std::copy_n(reader.read_bytes(4).begin(), 4, address.bytes.begin());
}

void fill_ipv4(Ipv4Header& header, ByteView bytes) {
  // A size that is known beforehand spares the test before every field.
  ByteReader reader(bytes.first(kIpv4LeastHeaderSize));
  reader.skip(1);
  header.type_of_service = reader.read_u8();
  header.total_length = reader.read_u16();
  header.identification = reader.read_u16();
  const std::uint16_t fragment = reader.read_u16();
  header.dont_fragment = (fragment & kDontFragment) != 0;
  header.more_fragments = (fragment & kMoreFragments) != 0;
  header.fragment_offset_bytes = static_cast<std::uint16_t>((fragment & kFragmentOffsetMask) * 8);
  header.ttl = reader.read_u8();
  header.protocol = reader.read_u8();
  header.checksum = reader.read_u16();
  read_ipv4_address(reader, header.source);
  read_ipv4_address(reader, header.destination);
}

// `bytes` are a whole header. Its fields are filled in where the caller wants them: copies of a
// struct just written are what decoding would spend most of its time on.
HeaderResult<Ipv4Header> read_sound_ipv4(ByteView bytes) {
  HeaderResult<Ipv4Header> result;
  fill_ipv4(*result, bytes);
  result->options =
      bytes.subspan(kIpv4LeastHeaderSize, ipv4_header_size(bytes) - kIpv4LeastHeaderSize);
  return result;
}

constexpr std::uint32_t kFragmentHeaderSize = 8;
constexpr std::uint32_t kIpv6MoreFragments = 0x0001;

IpAddress read_ipv6_address(ByteReader& reader) {
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
    headers.defect = HeaderDefect{headers.size, "extension header is cut off", DefectKind::cut_off};
    return false;
  }
  const std::uint8_t number = headers.protocol;
  headers.protocol = rest[0];
  headers.size += extension_size(number, rest);
  if (number != ip_protocol::kFragment) return true;
  headers.fragment = read_fragment(rest);
  headers.fragment_end = headers.size;
  return headers.fragment->offset_bytes == 0;
}

}  // namespace

HeaderResult<Ipv4Header> read_ipv4(ByteView bytes) {
  if (bytes.size() < kIpv4LeastHeaderSize) return header_cut_off(0, "ipv4 header is cut off");
  if ((bytes[0] >> 4) != 4) return header_defect(0, "ip version is not 4");
  if (ipv4_header_size(bytes) < kIpv4LeastHeaderSize) {
    return header_defect(0, "ipv4 header length is below 20");
  }
  if (bytes.size() < ipv4_header_size(bytes)) {
    return header_cut_off(kIpv4LeastHeaderSize, "ipv4 options are cut off");
  }
  return read_sound_ipv4(bytes);
}

Ipv4Header read_ipv4_without_options(ByteView bytes) {
  Ipv4Header header;
  fill_ipv4(header, bytes);
  return header;
}

std::uint32_t ipv4_header_size(ByteView bytes) {
  return std::uint32_t{4} * (bytes[0] & 0x0f);
}

HeaderResult<Ipv6Header> read_ipv6(ByteView bytes) {
  if (bytes.size() < kIpv6HeaderSize) return header_cut_off(0, "ipv6 header is cut off");
  ByteReader reader(bytes);
  const std::uint32_t first = reader.read_u32();
  if ((first >> 28) != 6) return header_defect(0, "ip version is not 6");
  Ipv6Header header;
  header.traffic_class = static_cast<std::uint8_t>(first >> 20);
  header.flow_label = first & 0xfffff;
  header.payload_length = reader.read_u16();
  header.next_header = reader.read_u8();
  header.hop_limit = reader.read_u8();
  header.source = read_ipv6_address(reader);
  header.destination = read_ipv6_address(reader);
  return header;
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
