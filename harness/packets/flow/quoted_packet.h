#pragma once

#include <cstdint>
#include <optional>

#include "base/text/address.h"
#include "packets/wire/packet.h"

namespace wireproof {

// The head of the packet that an ICMP error quotes (RFC 792, RFC 4443 §3.1).
struct QuotedPacket {
  std::uint8_t protocol = 0;  // 6 TCP, 17 UDP
  Endpoint source;
  Endpoint destination;
};

// Whether this is ICMP type 3 code 3 or ICMPv6 type 1 code 4.
bool is_port_unreachable(const Packet& packet);
// Nothing when the quote is too short to tell the ports.
std::optional<QuotedPacket> read_quoted_packet(const Packet& packet);

}  // namespace wireproof
