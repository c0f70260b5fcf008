#pragma once

#include <span>
#include <string>
#include <vector>

#include "expect/cause/cause.h"
#include "expect/cause/conversation_waits.h"
#include "packets/flow/socket_call.h"
#include "packets/flow/tcp_connection.h"

namespace wireproof {

// What the two ends are called.
struct StoryNames {
  std::string client;
  std::string server;

  const std::string& of(Side side) const { return side == Side::client ? client : server; }
};

// What is known beside one conversation. Nothing is owned.
struct StoryScene {
  std::span<const QueuedConnection> queued;  // all of the capture
  std::span<const SocketEntry> sockets;      // of the server's ports, at the end
};

// What happened, in sentences, in the order of a conversation: who waited for whom, how long bytes
// lay in a buffer, what was never read, whose call sent the FIN or the RST, who kept a connection
// open. Only what calls of the list prove is said of a side; packets are counted from 1. `calls`
// may hold those of other conversations, too.
std::vector<std::string> tell_connection(const TcpConnection& connection,
                                         std::span<const SocketCall> calls, const StoryNames& names,
                                         const StoryScene& scene = {});
// `causes` are the exchange's (infer_causes).
std::vector<std::string> tell_exchange(const UdpExchange& exchange, std::span<const Cause> causes,
                                       std::span<const SocketCall> calls, const StoryNames& names);

}  // namespace wireproof
