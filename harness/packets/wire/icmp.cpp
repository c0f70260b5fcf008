#include "packets/wire/icmp.h"

#include <algorithm>
#include <array>

#include "packets/wire/ip.h"

namespace wireproof {
namespace {

std::string_view icmpv4_name(const IcmpHeader& header) {
  switch (header.type) {
    case 0:
      return "echo reply";
    case 3:
      if (header.code == 0) return "network unreachable";
      if (header.code == 1) return "host unreachable";
      if (header.code == 2) return "protocol unreachable";
      if (header.code == 3) return "port unreachable";
      return header.code == 4 ? "fragmentation needed" : "destination unreachable";
    case 5:
      return "redirect";
    case 8:
      return "echo request";
    case 11:
      return "time exceeded";
    case 12:
      return "parameter problem";
    default:
      return "";
  }
}

std::string_view icmpv6_name(const IcmpHeader& header) {
  switch (header.type) {
    case 1:
      return header.code == 4 ? "port unreachable" : "destination unreachable";
    case 2:
      return "packet too big";
    case 3:
      return "time exceeded";
    case 4:
      return "parameter problem";
    case 128:
      return "echo request";
    case 129:
      return "echo reply";
    case 133:
      return "router solicitation";
    case 134:
      return "router advertisement";
    case 135:
      return "neighbor solicitation";
    case 136:
      return "neighbor advertisement";
    default:
      return "";
  }
}

// RFC 792 promises 64 bits of the quoted data, which hold the ports of both transports.
std::optional<QuotedDatagram> read_ports(ByteView transport, QuotedDatagram quoted) {
  if (quoted.protocol != ip_protocol::kTcp && quoted.protocol != ip_protocol::kUdp) {
    return std::nullopt;
  }
  ByteReader reader(transport);
  quoted.source.port = reader.read_u16();
  quoted.destination.port = reader.read_u16();
  if (reader.failed()) return std::nullopt;
  return quoted;
}

std::optional<QuotedDatagram> read_ipv4_quote(ByteView quote) {
  const HeaderResult<Ipv4Header> ip = read_ipv4(quote);
  if (!ip || ip->fragment_offset_bytes != 0) return std::nullopt;
  return read_ports(quote.subspan(ip->size()),
                    QuotedDatagram{ip->protocol, {ip->source, 0}, {ip->destination, 0}});
}

std::optional<QuotedDatagram> read_ipv6_quote(ByteView quote) {
  const HeaderResult<Ipv6Header> ip = read_ipv6(quote);
  if (!ip) return std::nullopt;
  const ByteView rest = quote.subspan(kIpv6HeaderSize);
  const ExtensionHeaders extensions = read_ipv6_extensions(rest, ip->next_header);
  const bool is_later_fragment = extensions.fragment && extensions.fragment->offset_bytes != 0;
  if (extensions.defect || is_later_fragment) return std::nullopt;
  return read_ports(rest.subspan(extensions.size),
                    QuotedDatagram{extensions.protocol, {ip->source, 0}, {ip->destination, 0}});
}

// RFC 792: destination unreachable, source quench, redirect, time exceeded, parameter problem.
// RFC 4443 §2.1: the types below 128.
bool is_error(const IcmpHeader& header) {
  if (header.is_v6) return header.type < 128;
  constexpr std::array<std::uint8_t, 5> kErrors = {3, 4, 5, 11, 12};
  return std::ranges::find(kErrors, header.type) != kErrors.end();
}

}  // namespace

HeaderResult<IcmpHeader> read_icmp(ByteView bytes, IpVersion version) {
  if (bytes.size() < kIcmpHeaderSize) return header_defect(0, "icmp header is cut off");
  ByteReader reader(bytes);
  IcmpHeader header;
  header.is_v6 = version == IpVersion::v6;
  header.type = reader.read_u8();
  header.code = reader.read_u8();
  reader.skip(2);
  header.rest = reader.read_u32();
  return header;
}

bool is_port_unreachable(const IcmpHeader& header) {
  return header.is_v6 ? header.type == 1 && header.code == 4 : header.type == 3 && header.code == 3;
}

std::string_view icmp_name(const IcmpHeader& header) {
  return header.is_v6 ? icmpv6_name(header) : icmpv4_name(header);
}

std::optional<QuotedDatagram> read_quoted_datagram(const Packet& packet) {
  const IcmpHeader* const icmp = packet.icmp();
  if (icmp == nullptr || !is_error(*icmp)) return std::nullopt;
  return icmp->is_v6 ? read_ipv6_quote(packet.payload) : read_ipv4_quote(packet.payload);
}

}  // namespace wireproof
