#pragma once

#include <cstdint>

namespace wireproof {

// What became of a packet on a path between client and server that is wireproof's own
// (expect/path); everywhere else it has arrived as it was sent.
enum class PacketFate : std::uint8_t {
  arrived,
  lost,       // also where the path answered it with an ICMP error
  late,       // held back by a rule of the path, also behind the packet that follows
  twice,      // it arrived, and a copy of it
  corrupted,  // with another byte
  cut         // without its last bytes
};

}  // namespace wireproof
