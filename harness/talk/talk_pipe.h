#pragma once

#include <cstdint>

#include "talk/talk_wait.h"

namespace wireproof {

// The three descriptors of a talk; they stay the caller's.
struct TalkEnds {
  int input = -1;   // what is read here is sent to the peer
  int output = -1;  // what the peer sends is written here
  int peer = -1;    // a connected stream socket
};

enum class TalkEnd : std::uint8_t {
  closed,  // the peer sent its FIN
  reset,   // the peer reset the connection, or takes nothing more of what is sent
  stopped,
};

struct TalkResult {
  TalkEnd end = TalkEnd::closed;
  std::uint64_t sent_bytes = 0;
  std::uint64_t received_bytes = 0;

  bool operator==(const TalkResult&) const = default;
};

// Carries raw bytes both ways, until the peer has closed and all that it sent is written. The end
// of the input closes our direction (SHUT_WR, a FIN behind the last byte) and the other one goes
// on. When the peer has closed, what the input holds by then is still sent: a file to its end, of
// a terminal or a pipe what waits there; nothing more is waited for. A side that does not read
// stops the other one, at most kTalkBlockBytes are held for each. Throws SystemError where input
// or output refuse.
TalkResult run_talk_pipe(const TalkEnds& ends, const TalkAside& aside);

constexpr std::size_t kTalkBlockBytes = 65536;

}  // namespace wireproof
