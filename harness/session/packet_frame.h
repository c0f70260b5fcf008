#pragma once

#include <string>

#include "session/stage_link.h"
#include "wire/packet_store.h"

namespace wireproof {

// A packet on its way from a stage to the main process.
Frame write_packet_frame(const RawPacket& packet);
// Throws std::runtime_error on a body that write_packet_frame() did not make.
void read_packet_frame(const std::string& body, PacketStore& packets);

}  // namespace wireproof
