#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>

#include "base/system/unique_fd.h"
#include "servers/protocols/conduct.h"

namespace wireproof {

enum class SocketType : std::uint8_t { stream, datagram };

// A socket bound to `host` (a name or an address) and `port` (0: the system chooses). A stream
// socket may take its port back while old connections are in TIME-WAIT (SO_REUSEADDR) and listens,
// as far as the conduct has it so. Throws SystemError naming the attempt.
UniqueFd open_bound_socket(const std::string& host, std::uint16_t port, SocketType type,
                           const Conduct& conduct = {});

// The port that the socket is bound to.
std::uint16_t bound_port(int fd);

// "127.0.0.1:40000", "[::1]:40000"
std::string render_socket_address(const sockaddr_storage& address);

}  // namespace wireproof
