#include "packets/wire/packet_fate.h"

namespace wireproof {

std::string_view render_fate(PacketFate fate) {
  switch (fate) {
    case PacketFate::arrived:
      return "";
    case PacketFate::lost:
      return "lost on the path";
    case PacketFate::late:
      return "arrives late";
    case PacketFate::twice:
      return "arrives twice";
    case PacketFate::corrupted:
      return "corrupted on the path";
    case PacketFate::cut:
      return "cut on the path";
    case PacketFate::corrupted_right:
      return "corrupted on the path, checksum right";
  }
  return "";
}

std::optional<PacketFate> parse_fate(std::string_view words) {
  for (int fate = 0; fate <= static_cast<int>(kLastFate); ++fate) {
    if (words == render_fate(static_cast<PacketFate>(fate))) return static_cast<PacketFate>(fate);
  }
  return std::nullopt;
}

}  // namespace wireproof
