#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "packets/flow/socket_call.h"
#include "packets/flow/tcp_connection.h"

namespace wireproof {

// A call with the positions that it moved: stream byte k is at position k + 1 (matching.md §1).
struct RangedCall {
  const SocketCall* call = nullptr;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// The calls of one side on one connection, sorted by what they do to it. They point into the list
// that sort_calls() was given.
struct SideCalls {
  bool known = false;  // false: the side's calls were not seen, it is inferred from the packets
  const SocketCall* connect = nullptr;  // also a send that opens (MSG_FASTOPEN, RFC 7413)
  const SocketCall* accept = nullptr;
  std::vector<const SocketCall*> shutdowns;  // that end the sending
  std::vector<const SocketCall*> releases;   // close, exit, …, also of one of several descriptors
  std::vector<const SocketCall*> listener_releases;
  const SocketCall* end_of_stream = nullptr;  // the receive call that returned 0
  const SocketCall* reset = nullptr;          // the first call that failed with a reset
  std::vector<RangedCall> sends;
  std::vector<RangedCall> receives;
  std::vector<RangedCall> peeks;
  std::vector<std::uint64_t> urgent;  // positions that its stream leaves out (SO_OOBINLINE is off)
  std::vector<const SocketCall*> waits;  // poll, select, epoll_wait that found it ready
};

// Calls may be of either side, of this connection or of others, in the order of their entries.
SideCalls sort_calls(const TcpConnection& connection, std::span<const SocketCall> calls, Side side);

// Whether a call's address means this end. A socket that was bound to no address of its own
// (0.0.0.0, ::) has any; ::ffff:a.b.c.d is a.b.c.d (RFC 4291 §2.5.5.2).
bool names_endpoint(const std::optional<Endpoint>& named, const Endpoint& end);

// All calls that moved positions in [begin, end), in the order of their bytes.
std::vector<const SocketCall*> covering(std::span<const RangedCall> ranges, std::uint64_t begin,
                                        std::uint64_t end);

}  // namespace wireproof
