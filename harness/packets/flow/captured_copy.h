#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "packets/wire/packet.h"

namespace wireproof {

// A packet is captured a second time by `-i any`, mirror ports and both directions of a bridge:
// within 10 ms and kCopyReach packets, with equal addresses, transport header and payload, and with
// what a segment that is sent again has not. That is the identification of IPv4 (RFC 6864 §4:
// another one for each packet that is not atomic, and hosts count it for the others too) where it
// is not 0 and no other packet of its sender has it as well; else another frame around it (the
// direction of a cooked header, a VLAN tag), or that it stands directly behind, at most 20 µs
// later. What stands in the same frame behind an end of the connection and the next SYN belongs to
// another one that used the ports again. The checksums may differ (offloading), and the hop limit.
constexpr std::size_t kCopyReach = 16;

// Which of the packets that came before, at most kCopyReach in their order, `later` is a copy of.
std::optional<std::size_t> find_original(std::span<const Packet> before, const Packet& later);

// Whether `good` carries all that `damaged` does: between the same ends, and in TCP its numbers, in
// UDP as many bytes and the same IPv4 identification, which is not 0. The checksums are not looked
// at.
bool carries_the_same(const Packet& damaged, const Packet& good);

}  // namespace wireproof
