#pragma once

#include <cstdint>

#include "base/text/address.h"
#include "base/text/bytes.h"

namespace wireproof {

// RFC 1071: the one's complement of the one's complement sum of 16-bit words.
std::uint16_t internet_checksum(ByteView bytes);

// Over the pseudo-header (RFC 9293 §3.1, RFC 768, RFC 8200 §8.1) and `segment`, whose checksum
// field must be zero. Both addresses have one version.
std::uint16_t transport_checksum(const IpAddress& source, const IpAddress& destination,
                                 std::uint8_t protocol, ByteView segment);

}  // namespace wireproof
