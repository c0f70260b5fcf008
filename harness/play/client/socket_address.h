#pragma once

#include <sys/socket.h>

#include "base/text/address.h"

namespace wireproof {

// An endpoint in the form that the socket calls take (sockaddr_in or sockaddr_in6).
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

SocketAddress write_socket_address(const Endpoint& endpoint);
// Any family but IPv4 and IPv6 gives 0.0.0.0:0.
Endpoint read_socket_address(const SocketAddress& address);

// getsockname; throws SystemError.
Endpoint local_endpoint(int socket);

}  // namespace wireproof
