#pragma once

#include <chrono>
#include <cstddef>

#include "base/text/bytes.h"
#include "servers/protocols/conduct.h"

// What a conduct means for the socket of a connection. Each of these does nothing, or what anybody
// would do, for the default.
namespace wireproof {

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

// Whether both directions have ended, or the peer has reset; waits for that at most so long.
bool wait_for_hang_up(int fd, std::chrono::milliseconds time);
inline bool is_hung_up(int fd) {
  return wait_for_hang_up(fd, std::chrono::milliseconds{0});
}

}  // namespace wireproof
