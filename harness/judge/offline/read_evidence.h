#pragma once

#include "judge/traffic/evidence.h"

namespace wireproof {

// Evidence of an existing capture: connections to the server's port go to the actors in the order
// of their SYNs, and each actor's messages are compared with the bytes of its stream.
Evidence read_evidence(const Scenario& scenario, const PacketStore& packets, std::uint16_t tcp_port,
                       std::uint16_t udp_port);

}  // namespace wireproof
