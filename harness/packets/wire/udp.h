#pragma once

#include "packets/wire/header_result.h"
#include "packets/wire/packet.h"

namespace wireproof {

constexpr std::uint32_t kUdpHeaderSize = 8;

// RFC 768. The length field is given as it is; whether it fits is the packet's concern.
HeaderResult<UdpHeader> read_udp(ByteView bytes);
void write_udp(ByteWriter& writer, const UdpHeader& header);

}  // namespace wireproof
