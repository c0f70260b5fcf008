#pragma once

#include <cstdint>

#include "base/text/address.h"
#include "base/text/bytes.h"
#include "packets/wire/header_result.h"

namespace wireproof {

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

// Writes what it is given, wrong values too; `options` must be a multiple of 4 bytes, at most 40.
void write_ipv4(ByteWriter& writer, const Ipv4Header& header);
// The header with the checksum that its other fields demand.
Ipv4Header with_checksum(Ipv4Header header);

}  // namespace wireproof
