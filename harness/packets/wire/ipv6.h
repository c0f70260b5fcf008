#pragma once

#include <cstdint>
#include <optional>

#include "base/text/address.h"
#include "base/text/bytes.h"
#include "packets/wire/header_result.h"

namespace wireproof {

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
void write_ipv6(ByteWriter& writer, const Ipv6Header& header);

// RFC 8200 §4.5, the fragment header.
struct Ipv6Fragment {
  std::uint16_t offset_bytes = 0;
  bool more_fragments = false;
  std::uint32_t identification = 0;

  bool operator==(const Ipv6Fragment&) const = default;
};
void write_ipv6_fragment(ByteWriter& writer, std::uint8_t next_header,
                         const Ipv6Fragment& fragment);

// The headers between the IP header and the transport: RFC 8200 §4 and, in both IP versions,
// the authentication header (RFC 4302 §2). A later fragment ends the chain: what follows its
// header is data.
struct ExtensionHeaders {
  std::uint8_t protocol = 0;  // of what follows them
  std::uint32_t size = 0;     // all of them
  std::optional<Ipv6Fragment> fragment;
  std::optional<HeaderDefect> defect;  // offsets from the first extension header

  bool operator==(const ExtensionHeaders&) const = default;
};

// `bytes` begins with the header of number `next_header`, which may already be the transport's.
ExtensionHeaders read_ipv6_extensions(ByteView bytes, std::uint8_t next_header);
// The same where only the authentication header can stand.
ExtensionHeaders read_ipv4_extensions(ByteView bytes, std::uint8_t protocol);

}  // namespace wireproof
