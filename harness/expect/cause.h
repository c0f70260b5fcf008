#pragma once

#include <span>
#include <string>
#include <vector>

#include "flow/socket_call.h"
#include "flow/tcp_connection.h"

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

  bool operator==(const Cause&) const = default;
};

// One Cause per segment of the connection. `calls` may hold calls of either side, of this
// connection or others; a side without calls is inferred from the packets.
std::vector<Cause> infer_causes(const TcpConnection& connection, std::span<const SocketCall> calls);
std::vector<Cause> infer_causes(const UdpExchange& exchange, std::span<const SocketCall> calls);

}  // namespace wireproof
