#pragma once

#include <string>
#include <vector>

#include "result/run_result.h"

namespace wireproof {

// GitHub draws diagrams below this size.
constexpr std::size_t kMaxMermaidSize = 50000;

// The packets as a Mermaid sequence diagram: an arrow each, with the call that caused it and the
// one whose wait it ended; pure ACKs are dashed. What does not fit is counted in a note.
std::string render_mermaid(const std::vector<PacketLine>& packets);

}  // namespace wireproof
