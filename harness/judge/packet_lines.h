#pragma once

#include <map>
#include <string>
#include <vector>

#include "judge/table_judge.h"

namespace wireproof {

// The annotated packet table of a result: one line per captured packet, in capture order. `notes`
// by the packet's index in the capture.
std::vector<PacketLine> make_packet_lines(const Traffic& traffic,
                                          const std::map<std::size_t, PacketNote>& notes,
                                          const std::string& server_name);

}  // namespace wireproof
