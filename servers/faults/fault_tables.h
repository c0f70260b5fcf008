#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "servers/protocols/protocol.h"

// The tables of what a server can be asked to do wrong, and what their entries are made of.
// misconduct.h looks them up.
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

// A fault in how sockets are treated: closing, clients, time.
struct ServingFault {
  ServerFault fault;
  bool (*applies)(const ServerInfo& server) = nullptr;
  void (*change)(Service& service, const ServerInfo& server) = nullptr;
};

const std::vector<ServingFault>& serving_faults();

inline bool speaks_tcp(const ServerInfo& server) {
  return server.tcp_port != 0;
}

inline bool replies(const ServerInfo& server) {
  return server.traits.replies;
}

inline bool replies_on_tcp(const ServerInfo& server) {
  return speaks_tcp(server) && replies(server);
}

// Where serving one client at a time is not what the server is about.
inline bool serves_many(const ServerInfo& server) {
  return speaks_tcp(server) && server.way != ServeWay::serial;
}

// Changes what a server says to one read or datagram, before it is sent. Every connection, and
// the UDP socket, has a copy of its own, which may remember things.
using ChangeReplies = std::function<void(std::vector<Bytes>& sends)>;

Service with_changed_replies(Service service, const ChangeReplies& change);

// Thrown by a protocol that an input is to kill. Nobody catches it: the process ends, as that of a
// program does that has forgotten an exception.
class DeadlyInput : public std::runtime_error {
 public:
  explicit DeadlyInput(const std::string& input) : std::runtime_error("cannot take " + input) {}
};

}  // namespace wireproof
