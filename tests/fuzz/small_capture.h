#pragma once

#include <cstdint>

#include "packets/wire/packet.h"

namespace wireproof {

// A capture of small packets of two clients and a server: eight bytes of the code make one.
PacketStore small_capture(ByteView code);
constexpr std::uint16_t kSmallCapturePort = 80;  // the server's

}  // namespace wireproof
