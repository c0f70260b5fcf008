#include "servers/serving/accept_client.h"

#include <sys/socket.h>

#include <cerrno>

#include "servers/serving/bound_socket.h"

namespace wireproof {

AcceptedClient accept_client(int listening_fd, int flags) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  AcceptedClient client;
  client.fd.reset(
      ::accept4(listening_fd, reinterpret_cast<sockaddr*>(&address), &size, SOCK_CLOEXEC | flags));
  if (client.fd) {
    client.acceptance = Acceptance::accepted;
    client.peer = render_socket_address(address);
  } else if (errno != EINTR && errno != ECONNABORTED && errno != EAGAIN) {
    client.acceptance = Acceptance::exhausted;
  }
  return client;
}

}  // namespace wireproof
