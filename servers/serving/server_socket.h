#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/system/socket_address.h"
#include "base/system/system_call.h"
#include "servers/serving/connection.h"

namespace wireproof {

enum class SocketType : std::uint8_t { stream, datagram };

// A socket bound to `host` (a name or an address) and `port` (0: the system chooses). A stream
// socket may take its port back while old connections are in TIME-WAIT (SO_REUSEADDR) and listens,
// as far as the conduct has it so. Throws SystemError naming the attempt.
UniqueFd open_bound_socket(const std::string& host, std::uint16_t port, SocketType type,
                           const Conduct& conduct = {});

enum class Acceptance : std::uint8_t {
  accepted,
  nobody,     // the client has gone again, or none was there: the next call may bring one
  exhausted,  // no descriptor or memory for it, or the socket does not listen any more
};

struct AcceptedClient {
  Acceptance acceptance = Acceptance::nobody;
  UniqueFd fd;       // when accepted
  std::string peer;  // "127.0.0.1:40000", "[::1]:40000"
};

// When accept() fails for want of descriptors or memory, a client that ends mends it; the limit is
// for what others hold.
constexpr std::chrono::milliseconds kMaxWaitAfterFailedAccept{100};

// One accept() with SOCK_CLOEXEC and `flags`; the log hears of a client that has come.
AcceptedClient accept_client(int listening_fd, const ServeLog& log, int flags = 0);

// "127.0.0.1:40000"; of no IP address "0.0.0.0:0"
std::string render_socket_address(const SocketAddress& address);

// What a conduct means for the socket of a connection. Each of these does nothing, or what anybody
// would do, for the default.

// Before the first use of an accepted socket.
void prepare_connection(int fd, const Conduct& conduct);

// What the next send() takes of a message of which `sent` bytes have been sent.
ByteView next_piece(ByteView message, std::size_t sent, Sending sending);
int send_flags(Sending sending, bool more_follows);

// False when the server answers nobody who has closed, and the peer has, or does within a moment:
// a FIN right behind the request must not get away.
bool may_answer(int fd, const Conduct& conduct);

// Right before close().
void prepare_close(int fd, Closing closing);

// Whether both directions have ended, or the peer has reset; waits for that at most until then.
bool wait_for_hang_up(int fd, const Deadline& deadline);
inline bool is_hung_up(int fd) {
  return wait_for_hang_up(fd, Deadline(Duration(0)));
}

}  // namespace wireproof
