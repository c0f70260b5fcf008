#pragma once

#include <cstddef>

#include "packets/wire/packet.h"

namespace wireproof {

// Whether `later` is `earlier` captured a second time, as `-i any`, mirror ports and both
// directions of a bridge do: within 10 ms, with equal addresses, transport header and payload, and
// with what a segment that is sent again has not. That is the identification of IPv4 (RFC 6864 §4:
// another one for each packet that is not atomic, and hosts count it for the others too) where it
// is not 0, else another frame around it: the direction of a cooked header, a VLAN tag. The
// checksums may differ (offloading), and the hop limit.
//
// How many packets a copy may lie behind what it is a copy of.
constexpr std::size_t kCopyReach = 16;
bool is_captured_copy(const Packet& earlier, const Packet& later);

// Whether `good` carries all that `damaged` does: between the same ends, and in TCP its numbers, in
// UDP as many bytes. The checksums are not looked at.
bool carries_the_same(const Packet& damaged, const Packet& good);

}  // namespace wireproof
