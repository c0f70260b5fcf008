#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "servers/protocols/protocol.h"

// What a server can be asked to do otherwise: by name, then the tables of it and what their entries
// are made of.
namespace wireproof {

// The faults and the harmless variants that make sense for a server, in the order of their tables.
std::vector<ServerQuirk> faults_of(const ServerInfo& server);
std::vector<ServerQuirk> variants_of(const ServerInfo& server);

// The service with one of the server's own faults, or variants; an empty name changes nothing.
// Throws std::invalid_argument for a name that the server does not have.
Service with_fault(Service service, const ServerInfo& server, const std::string& fault);
Service with_variant(Service service, const ServerInfo& server, const std::string& variant);

// Whether a server cannot have both of its faults: one is in the other's place, or takes a way of
// serving that the other does not have.
bool exclude_each_other(const ServerInfo& server, const std::string& fault,
                        const std::string& other);

struct QuirkEntry {
  ServerQuirk quirk;
  bool (*applies)(const ServerInfo& server) = nullptr;
  void (*change)(Service& service, const ServerInfo& server) = nullptr;
};
using QuirkTable = std::vector<QuirkEntry>;

// All of the first tables, then all of the next.
QuirkTable join_tables(const std::vector<QuirkTable>& tables);

// Faults in how sockets are treated: closing, clients, time.
const QuirkTable& serving_faults();

// Faults in what is said: bytes of messages, their boundaries, datagrams. They wrap the protocols
// of a service. All of the families below.
const QuirkTable& message_faults();

QuirkTable reply_faults();    // any reply's bytes, the fields of binary messages, UTF-8
QuirkTable request_faults();  // where a message ends, inputs that are wrong
QuirkTable datagram_faults();

template <bool ServerTraits::*trait>
bool has(const ServerInfo& server) {
  return server.traits.*trait;
}

inline bool speaks_tcp(const ServerInfo& server) {
  return server.tcp_port != 0;
}

inline bool replies_on_tcp(const ServerInfo& server) {
  return speaks_tcp(server) && server.traits.replies;
}

// Where serving one client at a time is not what the server is about.
inline bool serves_many(const ServerInfo& server) {
  return speaks_tcp(server) && server.way != ServeWay::serial;
}

// What a server says to one read or datagram is changed before it is sent. Every connection, and
// the UDP socket, has a copy of its own of this and of the functions below, which may remember
// things.
using ChangeReplies = std::function<void(std::vector<Bytes>& sends)>;

// What becomes of a connection; `inner` is the protocol as it was. An empty function leaves it so.
struct StreamChange {
  std::function<Actions(StreamProtocol& inner, ByteView bytes)> on_bytes = {};
  std::function<Actions(StreamProtocol& inner)> on_eof = {};
  ChangeReplies replies = {};
};
using ChangeDatagrams =
    std::function<std::vector<Bytes>(DatagramProtocol& inner, ByteView datagram)>;

// They do nothing to a transport that the service does not speak.
void change_stream(Service& service, const StreamChange& change);
void change_datagrams(Service& service, const ChangeDatagrams& change);
void change_replies(Service& service, const ChangeReplies& change);

// Thrown by a protocol that an input is to kill. Nobody catches it: the process ends, as that of a
// program does that has forgotten an exception.
class DeadlyInput : public std::runtime_error {
 public:
  explicit DeadlyInput(const std::string& input) : std::runtime_error("cannot take " + input) {}
};

}  // namespace wireproof
