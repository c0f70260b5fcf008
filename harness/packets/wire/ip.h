#pragma once

#include <cstdint>
#include <optional>

#include "base/text/address.h"
#include "base/text/bytes.h"
#include "packets/wire/header_result.h"

namespace wireproof {

namespace ip_protocol {
// https://www.iana.org/assignments/protocol-numbers, those that are read or told apart here.
constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kIcmp = 1;
constexpr std::uint8_t kIpv4 = 4;  // a packet within the packet
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kIpv6 = 41;
constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kFragment = 44;
constexpr std::uint8_t kGre = 47;
constexpr std::uint8_t kEncryption = 50;
constexpr std::uint8_t kAuthentication = 51;
constexpr std::uint8_t kIcmpv6 = 58;
constexpr std::uint8_t kNoNextHeader = 59;
constexpr std::uint8_t kDestinationOptions = 60;
constexpr std::uint8_t kEtherIp = 97;
constexpr std::uint8_t kL2tp = 115;
constexpr std::uint8_t kMobility = 135;
constexpr std::uint8_t kMpls = 137;
constexpr std::uint8_t kHostIdentity = 139;
constexpr std::uint8_t kShim6 = 140;
}  // namespace ip_protocol

// RFC 791 §3.1. Integers in host byte order; `options` views the bytes that were read.
struct Ipv4Header {
  std::uint8_t type_of_service = 0;
  std::uint16_t total_length = 0;  // header and data; 0 where the card was to cut segments (TSO)
  std::uint16_t identification = 0;
  bool dont_fragment = false;
  bool more_fragments = false;
  std::uint16_t fragment_offset_bytes = 0;  // a multiple of 8
  std::uint8_t ttl = 64;
  std::uint8_t protocol = 0;
  std::uint16_t checksum = 0;
  IpAddress source;
  IpAddress destination;
  ByteView options;

  std::uint32_t size() const { return 20 + static_cast<std::uint32_t>(options.size()); }
};

// The checksum is not verified: captures made where it is sent show it unfinished.
HeaderResult<Ipv4Header> read_ipv4(ByteView bytes);

// Of a header whose options are cut off, all that is in front of them.
constexpr std::size_t kIpv4LeastHeaderSize = 20;
Ipv4Header read_ipv4_without_options(ByteView bytes);
// 20 and the options, as the header says.
std::uint32_t ipv4_header_size(ByteView bytes);

// RFC 8200 §3.
struct Ipv6Header {
  std::uint8_t traffic_class = 0;
  std::uint32_t flow_label = 0;      // 20 bits
  std::uint16_t payload_length = 0;  // extension headers included; 0 in a jumbogram or under TSO
  std::uint8_t next_header = 0;
  std::uint8_t hop_limit = 64;
  IpAddress source{IpVersion::v6, {}};
  IpAddress destination{IpVersion::v6, {}};

  bool operator==(const Ipv6Header&) const = default;
};
constexpr std::uint32_t kIpv6HeaderSize = 40;

HeaderResult<Ipv6Header> read_ipv6(ByteView bytes);

// RFC 8200 §4.5, the fragment header.
struct Ipv6Fragment {
  std::uint16_t offset_bytes = 0;
  bool more_fragments = false;
  std::uint32_t identification = 0;

  bool operator==(const Ipv6Fragment&) const = default;
};

// The headers between the IP header and the transport: RFC 8200 §4 and, in both IP versions,
// the authentication header (RFC 4302 §2). A later fragment ends the chain: what follows its
// header is data.
struct ExtensionHeaders {
  std::uint8_t protocol = 0;  // of what follows them
  std::uint32_t size = 0;     // all of them
  std::optional<Ipv6Fragment> fragment;
  std::uint32_t fragment_end = 0;      // behind the fragment header, where there is one
  std::optional<HeaderDefect> defect;  // offsets from the first extension header

  bool operator==(const ExtensionHeaders&) const = default;
};

// `bytes` begins with the header of number `next_header`, which may already be the transport's.
ExtensionHeaders read_ipv6_extensions(ByteView bytes, std::uint8_t next_header);
// The same where only the authentication header can stand.
ExtensionHeaders read_ipv4_extensions(ByteView bytes, std::uint8_t protocol);

}  // namespace wireproof
