#pragma once

#include "packets/wire/packet.h"

namespace wireproof {

// Whether a checksum of the packet, which was decoded from its `raw`, does not fit: that of IPv4,
// TCP or UDP, where all the bytes it covers were captured. One that is not filled in yet, as the
// card of the capturing host is to do it (0, or the sum of the pseudo-header alone), is none; nor
// is that of a fragment.
bool has_wrong_checksum(const Packet& packet);

}  // namespace wireproof
