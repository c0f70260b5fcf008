#pragma once

#include <chrono>

namespace wireproof {

// Whether the program at the other end of a TCP connection has read all that this end has sent: its
// kernel has acknowledged it, and nothing waits in its socket. True where that socket cannot be
// seen, as on another host or with IPv6.
bool has_read_all(int fd);

// Returns when it has, at the latest after the limit; false: it has not.
bool await_reader(int fd, std::chrono::milliseconds limit);

}  // namespace wireproof
