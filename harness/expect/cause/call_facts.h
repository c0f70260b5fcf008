#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "packets/flow/socket_call.h"

namespace wireproof {

// What a single call tells: what it does on the wire by its name, and whose wait it was.

// Calls that do the same on the wire count as one: `sendall`, `write` and `sendto` are sends.
enum class CallFamily : std::uint8_t { connect, accept, send, recv, shutdown, close, wait, other };

CallFamily call_family(std::string_view name);

// Whether a cell of a table (`send`, `recv()`, `` `sendall` ``) names this call or one of its
// family. Calls of the family `other` are compared by name.
bool same_call(std::string_view cell, std::string_view call);

// The tracer numbers its calls; our own clients' logs have no numbers.
constexpr bool is_traced(const SocketCall& call) {
  return call.order != 0;
}

bool is_running_at(const SocketCall& call, Timestamp time);

// The wait call (poll, select, epoll_wait) that had found a socket ready before `taker` took what
// arrived there. Null when the taker waited itself, or nothing did. `waits` are of one program, in
// the order of their entries.
const SocketCall* find_wait(std::span<const SocketCall* const> waits, const SocketCall& taker,
                            Timestamp arrived);

}  // namespace wireproof
