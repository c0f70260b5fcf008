#pragma once

#include <vector>

#include "base/text/address.h"
#include "conversations/frame_words.h"
#include "packets/wire/packet.h"
#include "support/connection_script.h"

namespace wireproof {

// Who sends a segment, and the numbers that its positions are counted from.
struct FrameEnds {
  Endpoint from;
  Endpoint to;
  std::uint32_t sequence_base = 0;
  std::uint32_t acknowledgement_base = 0;
  std::uint32_t identification = 0;
};

// A segment as the frames in which it is captured: one, or more where it was sent in fragments.
std::vector<Bytes> build_frames(const ScriptSegment& segment, const FrameEnds& ends,
                                const FrameWords& words);

LinkType link_of(const FrameWords& words);

}  // namespace wireproof
