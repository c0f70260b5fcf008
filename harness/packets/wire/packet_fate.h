#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace wireproof {

// What became of a packet on a path between client and server that is wireproof's own
// (expect/path); everywhere else it has arrived as it was sent.
enum class PacketFate : std::uint8_t {
  arrived,
  lost,            // also where the path answered it with an ICMP error
  late,            // held back by a rule of the path, also behind the packet that follows
  twice,           // it arrived, and a copy of it
  corrupted,       // with another byte and the checksum of before: its receiver's system drops it
  cut,             // without its last bytes
  corrupted_right  // with another byte, and a checksum that fits
};
constexpr PacketFate kLastFate = PacketFate::corrupted_right;

// Whether its receiver has got it at all, late or changed as it may be.
constexpr bool has_arrived(PacketFate fate) {
  return fate != PacketFate::lost && fate != PacketFate::corrupted;
}

// "lost on the path"; empty where it arrived as it was sent.
std::string_view render_fate(PacketFate fate);
// Back from the words; nothing where they are none.
std::optional<PacketFate> parse_fate(std::string_view words);

}  // namespace wireproof
