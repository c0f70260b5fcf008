#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "base/text/address.h"
#include "base/text/bytes.h"
#include "packets/wire/ip.h"
#include "packets/wire/link.h"
#include "packets/wire/packet.h"
#include "packets/wire/transport.h"

namespace wireproof {

// Headers as bytes, for tests: each writes what it is given, wrong values too.

using MacAddress = std::array<std::uint8_t, 6>;

// IEEE 802.3 clause 3.
void write_ethernet(ByteWriter& writer, const MacAddress& destination, const MacAddress& source,
                    std::uint16_t type);
void write_vlan_tag(ByteWriter& writer, const VlanTag& tag);
// `options` must be a multiple of 4 bytes, at most 40.
void write_ipv4(ByteWriter& writer, const Ipv4Header& header);
// The header with the checksum that its other fields demand.
Ipv4Header with_checksum(Ipv4Header header);
void write_ipv6(ByteWriter& writer, const Ipv6Header& header);
void write_ipv6_fragment(ByteWriter& writer, std::uint8_t next_header,
                         const Ipv6Fragment& fragment);
// `options` must be a multiple of 4 bytes, at most 40.
void write_tcp(ByteWriter& writer, const TcpHeader& header);
void write_udp(ByteWriter& writer, const UdpHeader& header);
void write_icmp(ByteWriter& writer, const IcmpHeader& header, std::uint16_t checksum);

// Each writes one option, with no-operations before it to a multiple of 4 bytes.
void write_mss_option(ByteWriter& writer, std::uint16_t mss);
void write_window_scale_option(ByteWriter& writer, std::uint8_t shift_count);
void write_sack_permitted_option(ByteWriter& writer);
void write_sack_option(ByteWriter& writer, std::span<const SackBlock> blocks);
void write_timestamps_option(ByteWriter& writer, const TcpTimestamps& timestamps);

// RFC 1071: the one's complement of the one's complement sum of 16-bit words.
std::uint16_t internet_checksum(ByteView bytes);
// Over the pseudo-header (RFC 9293 §3.1, RFC 768, RFC 8200 §8.1) and `segment`, whose checksum
// field must be zero. Both addresses have one version.
std::uint16_t transport_checksum(const IpAddress& source, const IpAddress& destination,
                                 std::uint8_t protocol, ByteView segment);

}  // namespace wireproof
