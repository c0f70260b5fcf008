#pragma once

#include <vector>

#include "servers/protocols/protocol.h"

namespace wireproof {

// A fault in what is said: bytes of messages, their boundaries, datagrams. It wraps the protocols
// of a service.
struct MessageFault {
  ServerFault fault;
  bool (*applies)(const ServerInfo& server) = nullptr;
  Service (*wrap)(Service service) = nullptr;
};

// All of the families below.
const std::vector<MessageFault>& message_faults();

std::vector<MessageFault> reply_faults();     // any reply's bytes
std::vector<MessageFault> field_faults();     // the fields of binary messages
std::vector<MessageFault> text_faults();      // UTF-8
std::vector<MessageFault> boundary_faults();  // where a message ends
std::vector<MessageFault> input_faults();     // inputs that are wrong
std::vector<MessageFault> datagram_faults();

}  // namespace wireproof
