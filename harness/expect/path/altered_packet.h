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

// What a deed makes of one packet: its fate, and what comes out at which end, `at` counted from the
// moment at which it would have come out. One that the deed does not fit (a byte of a payload that
// is shorter, an ICMP error about an ICMP error, RFC 1122 §3.2.2) arrives as it was sent.
PathTurn alter_packet(const Packet& packet, Side from, const PathAction& action);

}  // namespace wireproof
