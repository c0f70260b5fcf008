#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "packets/flow/socket_call.h"

namespace wireproof {

// How a process came to hold a socket through a descriptor, or to hold it no longer.
enum class HoldChange : std::uint8_t {
  created,         // socket, accept
  inherited,       // from its parent, or found open when tracing began
  duplicated,      // dup
  received,        // passed to it in a message (SCM_RIGHTS)
  closed,          // close, close_range
  replaced,        // dup2 to the same number
  closed_by_exec,  // close-on-exec
  ended,           // the process ended
};

// A line of the book of who holds which socket. `socket` is the id that calls have, too.
struct DescriptorEvent {
  std::uint64_t order = 0;  // among the calls: SocketCall::order
  Timestamp time{};
  std::int64_t process = 0;
  int descriptor = -1;
  std::uint64_t socket = 0;
  HoldChange change = HoldChange::created;

  bool operator==(const DescriptorEvent&) const = default;
};

// What happened since it was asked last. Calls are in the order of their ends: sort them by
// `order` to have them as they were entered.
struct TraceBatch {
  std::vector<SocketCall> calls;
  std::vector<DescriptorEvent> descriptors;
  std::vector<std::string> notes;  // what could not be traced, and why; for the user
  std::uint64_t lost_calls = 0;    // that came when kMostWaitingCalls waited to be taken
};
// A program in an endless loop makes a million calls a second: what nobody takes does not grow.
constexpr std::size_t kMostWaitingCalls = 50000;

}  // namespace wireproof
