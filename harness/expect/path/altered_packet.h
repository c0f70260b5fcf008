#pragma once

#include <vector>

#include "base/text/bytes.h"
#include "expect/path/path_plan.h"
#include "packets/wire/packet.h"

namespace wireproof {

// What comes out at an end of the path.
struct PathDelivery {
  Bytes bytes;  // a whole IPv4 packet
  Side to = Side::server;
  Duration at{};
};

// What the path makes of a packet.
struct PathTurn {
  PacketFate fate = PacketFate::arrived;
  std::vector<PathDelivery> deliveries;
};

// Whether a deed has something to act on: a byte that the payload has, a packet that an ICMP error
// may be about (none is about another error, RFC 1122 §3.2.2). A fragment is neither corrupted nor
// cut.
bool fits_action(const Packet& packet, const PathAction& action);

// What a deed that fits makes of one packet: its fate, and what comes out at which end, `at`
// counted from the moment at which it would have come out.
PathTurn alter_packet(const Packet& packet, Side from, const PathAction& action);

}  // namespace wireproof
