#pragma once

#include <span>
#include <vector>

#include "judge/table_judge.h"

namespace wireproof {

// What the annotated packet table of a result is made from.
struct LineContext {
  std::span<const Packet> packets;
  const Conversations* conversations = nullptr;
  const ActorMap* actors = nullptr;
  const CauseMap* causes = nullptr;
  const std::map<std::size_t, PacketNote>* notes = nullptr;
  std::string server_name = "server";
};

// One line per captured packet, in capture order.
std::vector<PacketLine> make_packet_lines(const LineContext& context);

}  // namespace wireproof
