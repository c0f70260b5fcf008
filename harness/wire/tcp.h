#pragma once

#include "wire/header_result.h"
#include "wire/packet.h"

namespace wireproof {

// RFC 9293 §3.1. The header with its options; what follows is data.
HeaderResult<TcpHeader> read_tcp(ByteView bytes);
constexpr std::uint32_t kTcpLeastHeaderSize = 20;

// 20 and the options.
std::uint32_t tcp_header_size(const TcpHeader& header);

// Writes what it is given, wrong values too; `options` must be a multiple of 4 bytes, at most 40.
void write_tcp(ByteWriter& writer, const TcpHeader& header);

}  // namespace wireproof
