#pragma once

#include "packets/wire/packet_store.h"

namespace wireproof {

// The same packets with whole IPv4 packets in place of their fragments (RFC 791 §3.2), each where
// its last fragment was captured. Fragments of a packet that is not whole, and those of IPv6, stay.
PacketStore join_fragments(const PacketStore& packets);

// How many packets are fragments.
std::size_t count_fragments(const PacketStore& packets);

}  // namespace wireproof
