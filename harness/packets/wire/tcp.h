#pragma once

#include <optional>

#include "packets/wire/header_result.h"
#include "packets/wire/packet.h"

namespace wireproof {

// RFC 9293 §3.1. The header with its options; what follows is data.
HeaderResult<TcpHeader> read_tcp(ByteView bytes);
// The same in two steps, for a header that is to be filled in where it stays: copying it directly
// after costs as much as reading it. fill_tcp() is for bytes without a defect.
std::optional<HeaderDefect> find_tcp_defect(ByteView bytes);
void fill_tcp(TcpHeader& header, ByteView bytes);
constexpr std::uint32_t kTcpLeastHeaderSize = 20;

// 20 and the options.
std::uint32_t tcp_header_size(const TcpHeader& header);

// Writes what it is given, wrong values too; `options` must be a multiple of 4 bytes, at most 40.
void write_tcp(ByteWriter& writer, const TcpHeader& header);

}  // namespace wireproof
