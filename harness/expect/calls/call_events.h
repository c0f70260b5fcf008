#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "expect/calls/call_fit.h"

namespace wireproof {

// A call on a socket of a table, and what precedes it (docs/calls.md §2).
struct CallEvent {
  std::size_t call = 0;  // index into the calls
  const SocketCall* value = nullptr;
  std::vector<std::string> sockets;  // their names
  std::vector<std::size_t> before;   // events that directly precede it, all of smaller indexes
  bool free = false;

  bool is_on(const std::string& socket) const;
};

// The calls of one program on named sockets, `calls` in the order of their entries. The events
// point into it.
std::vector<CallEvent> list_call_events(std::span<const SocketCall> calls,
                                        const SocketNames& names);

}  // namespace wireproof
