#pragma once

#include <span>
#include <string>

#include "packets/flow/socket_call.h"

namespace wireproof {

// Whose wait it was that what arrived has ended.

bool is_running_at(const SocketCall& call, Timestamp time);

// "already waiting for 0.200 ms", or "called 0.200 ms later": what arrived waited for the call.
std::string waiting_text(const SocketCall& call, Timestamp arrived);

// The wait call (poll, select, epoll_wait) that had found a socket ready before `taker` took what
// arrived there. Null when the taker waited itself, or nothing did. `waits` are of one program, in
// the order of their entries.
const SocketCall* find_wait(std::span<const SocketCall* const> waits, const SocketCall& taker,
                            Timestamp arrived);

}  // namespace wireproof
