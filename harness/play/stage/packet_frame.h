#pragma once

#include <string>

#include "packets/wire/packet_store.h"
#include "play/stage/stage_link.h"

namespace wireproof {

// A packet on its way from a stage to the main process.
Frame write_packet_frame(const RawPacket& packet);
// Throws std::runtime_error on a body that write_packet_frame() did not make.
void read_packet_frame(const std::string& body, PacketStore& packets);

}  // namespace wireproof
