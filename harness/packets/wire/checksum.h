#pragma once

#include <cstdint>
#include <span>

#include "packets/wire/packet.h"

namespace wireproof {

// Whether a checksum of the packet, which was decoded from its `raw`, does not fit: that of IPv4,
// TCP or UDP, where all the bytes it covers were captured. One that is not filled in yet, as the
// card of the capturing host is to do it (0, or the sum of the pseudo-header alone), is none; nor
// is that of a fragment.
bool has_wrong_checksum(const Packet& packet);

// Fills in the checksums of a whole IPv4 packet without a link header: its own (RFC 791 §3.1) and
// that of its TCP (RFC 9293 §3.1), UDP (RFC 768) or ICMP (RFC 792). What is no such packet stays as
// it is.
void fill_checksums(std::span<std::uint8_t> packet);

}  // namespace wireproof
