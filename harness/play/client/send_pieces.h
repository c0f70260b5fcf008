#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/text/expected.h"
#include "expect/payload/payload.h"
#include "sheet/session/session_script.h"

namespace wireproof {

// One send call's share of a message: bytes [begin, end).
struct SendPiece {
  std::size_t begin = 0;
  std::size_t end = 0;

  bool operator==(const SendPiece&) const = default;
};

// How a `send` step cuts its message: behind each field of `split after` (full path, or the last
// part of it), then into pieces of at most N bytes. An empty message has one empty piece. The
// error names a field that the message does not have.
Expected<std::vector<SendPiece>, std::string> cut_pieces(const EncodedMessage& message,
                                                         const StepSend& step);

}  // namespace wireproof
