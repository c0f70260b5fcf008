#pragma once

#include <poll.h>

#include <functional>
#include <span>

namespace wireproof {

// What is attended to while a talk waits, beside the talk itself.
struct TalkAside {
  int stop_fd = -1;                  // readable: the talk ends; -1: nothing ends it
  int packets_fd = -1;               // readable: packets wait to be shown; -1: none are
  std::function<void()> on_packets;  // takes them
};

enum class TalkWait { ready, nothing, stopped };
enum class TalkPatience { wait, look };

// poll() for one of `entries`, whose descriptors may be -1; `look` does not wait and may find
// nothing. Packets are shown meanwhile. Throws SystemError.
TalkWait await_talk(std::span<pollfd> entries, const TalkAside& aside, TalkPatience patience);

}  // namespace wireproof
