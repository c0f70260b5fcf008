#pragma once

#include <vector>

#include "servers/protocol.h"

namespace wireproof {

// A fault in what is said: bytes of messages, their boundaries, datagrams. It wraps the protocols
// of a service.
struct MessageFault {
  ServerFault fault;
  bool (*applies)(const ServerInfo& server) = nullptr;
  Service (*wrap)(Service service, const ServerInfo& server) = nullptr;
};

const std::vector<MessageFault>& message_faults();

}  // namespace wireproof
