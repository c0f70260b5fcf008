#pragma once

#include <span>
#include <string>
#include <vector>

#include "packets/flow/socket_call.h"
#include "packets/flow/tcp_connection.h"

namespace wireproof {

// calls.md: which call caused a packet, and whose wait it can end. Names as printed: "connect",
// "send", "kernel", "" for nothing. `…_inferred` values come from the packets alone and are
// printed in parentheses.
struct Cause {
  std::string call;
  bool call_inferred = false;
  Side side = Side::client;  // whose call it is
  std::string blocked;
  bool blocked_inferred = false;
  std::string detail;  // "already waiting for 0.2 ms", "released by the ACK of packet 7"
  // Indexes into the calls, ascending: those that it came from, and those that took what it
  // carried (bytes, an end, a connection) with the wait call that had found it. Not of what was
  // inferred. A call that only peeked took nothing, but may have been waiting.
  std::vector<std::size_t> causing_calls;
  std::vector<std::size_t> taking_calls;

  bool operator==(const Cause&) const = default;
};

// One Cause per segment of the connection. `calls` may hold calls of either side, of this
// connection or others; a side without calls is inferred from the packets.
std::vector<Cause> infer_causes(const TcpConnection& connection, std::span<const SocketCall> calls);
std::vector<Cause> infer_causes(const UdpExchange& exchange, std::span<const SocketCall> calls);

}  // namespace wireproof
