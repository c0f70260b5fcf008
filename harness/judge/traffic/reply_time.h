#pragma once

#include <optional>
#include <span>
#include <string>

#include "judge/traffic/evidence.h"

namespace wireproof {

// The slowest reply of a session.
struct ReplyTime {
  Duration lasted{};
  std::string actor;
  std::size_t request = 0;  // the packets, as indexes into the capture
  std::size_t reply = 0;

  bool operator==(const ReplyTime&) const = default;
};

// Of all requests that our own clients sent and got an answer to: from the packet with the last
// byte that was sent before a `recv` to the packet with the first byte that this `recv` took. A
// reply that left before its request was complete is none. Nothing: there was no reply.
std::optional<ReplyTime> find_slowest_reply(const Conversations& conversations,
                                            std::span<const ActorEndpoint> actors,
                                            std::span<const SocketCall> calls);

}  // namespace wireproof
