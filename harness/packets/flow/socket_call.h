#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/text/address.h"
#include "base/text/time.h"
#include "packets/flow/tcp_connection.h"

namespace wireproof {

// What a wait call (poll, select, epoll_wait) watches of one socket, or found it ready for.
struct WatchedSocket {
  std::uint64_t socket = 0;
  int descriptor = -1;
  bool reads = false;  // data, a connection to accept, the end of the stream
  bool writes = false;

  bool operator==(const WatchedSocket&) const = default;
};

// One socket call of one program, as the program made it: logged by our own clients, or traced.
// Calls are joined to packets by byte range (expect/cause), never by time alone.
struct SocketCall {
  std::string actor;  // whose call: "client", "alice", "server"
  Side side = Side::client;
  std::string name;  // POSIX name: "connect", "send", "recv", "shutdown", "close", "accept", …
  std::int64_t process = 0;
  std::int64_t thread = 0;
  std::uint64_t socket = 0;  // the same number for all calls on one socket of one actor
  std::optional<Endpoint> local;
  std::optional<Endpoint> remote;
  Timestamp entered{};
  std::optional<Timestamp> returned;  // none: the program ended while in the call
  std::int64_t result = 0;            // bytes, or 0, or -1
  int error_number = 0;               // errno of a failed call
  bool waited = false;                // the call slept until something arrived

  // Known of traced calls only.
  std::uint64_t order = 0;       // place in the order in which the calls of a log were entered
  int descriptor = -1;           // through which the socket was named
  std::uint64_t new_socket = 0;  // accept: the connection's; local and remote are its ends, too
  bool udp = false;              // else TCP; false where no socket is named
  std::uint32_t flags = 0;       // MSG_… of send and recv calls, SHUT_… of shutdown
  bool nonblocking = false;      // O_NONBLOCK, MSG_DONTWAIT, or a wait call with a timeout of 0
  bool releases = false;         // its descriptor names the socket no more: close, exit, dup2
  bool incoming = false;         // splice: the bytes came out of the socket
  // Bytes of each message of sendmmsg and recvmmsg, and of each datagram that one UDP send was cut
  // into (UDP_SEGMENT).
  std::vector<std::uint64_t> message_sizes;
  std::vector<Endpoint> message_peers;  // sendmmsg, recvmmsg: of each message; port 0: not told
  // Receive calls on a UDP socket: bytes that the program had room for, in each message.
  std::vector<std::uint64_t> message_rooms;
  bool inline_urgent = false;                 // SO_OOBINLINE: urgent bytes come in the stream
  std::optional<std::uint64_t> unread_bytes;  // TCP: in the buffer when it was closed
  std::optional<int> linger_seconds;          // SO_LINGER when it was closed, where it is on
  std::vector<std::int64_t> still_held_by;    // processes that hold it after this close or exit
  std::vector<WatchedSocket> watched;         // wait calls: what they wait for
  std::vector<WatchedSocket> ready;           // wait calls: what they found
  int ended_by_signal = 0;               // the signal that ended the process in this call; 0: none
  std::optional<int> backlog;            // listen: as the program gave it
  std::string option;                    // setsockopt: its name, "SO_REUSEADDR"
  int option_value = 0;                  // the number that its value begins with
  std::int64_t child = 0;                // fork, vfork, clone: the new process
  std::vector<std::uint64_t> inherited;  // of that: sockets that the child has copies of, ascending

  bool operator==(const SocketCall&) const = default;
};

// Whether a send or recv call has a flag, MSG_….
inline bool has_flag(const SocketCall& call, int flag) {
  return (call.flags & static_cast<std::uint32_t>(flag)) != 0;
}
// What the call returned stays in the socket's buffer.
inline bool peeks(const SocketCall& call) {
  return has_flag(call, MSG_PEEK);
}
// Whether a call asks for a connection: connect, or a send that carries data with the SYN (RFC 7413
// §4).
inline bool opens_connection(const SocketCall& call) {
  return call.name == "connect" || has_flag(call, MSG_FASTOPEN);
}

}  // namespace wireproof
