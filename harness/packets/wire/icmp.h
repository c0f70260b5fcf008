#pragma once

#include <optional>
#include <string_view>

#include "packets/wire/header_result.h"
#include "packets/wire/packet.h"

namespace wireproof {

constexpr std::uint32_t kIcmpHeaderSize = 8;

// RFC 792 and RFC 4443 §2.1: both begin with type, code, checksum and four bytes of their own.
HeaderResult<IcmpHeader> read_icmp(ByteView bytes, IpVersion version);

// RFC 792 type 3 code 3, RFC 4443 §3.1 code 4.
bool is_port_unreachable(const IcmpHeader& header);
// "port unreachable", "echo request"; empty for types without a name here.
std::string_view icmp_name(const IcmpHeader& header);

// An error message quotes the packet that it is about (RFC 792, RFC 4443 §3): the addresses and
// ports of that packet.
struct QuotedDatagram {
  std::uint8_t protocol = 0;
  Endpoint source;
  Endpoint destination;

  bool operator==(const QuotedDatagram&) const = default;
};
// Nothing when the packet is no ICMP error, or quotes no TCP or UDP ports: a later fragment has
// none.
std::optional<QuotedDatagram> read_quoted_datagram(const Packet& packet);

}  // namespace wireproof
