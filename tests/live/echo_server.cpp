#include "live/echo_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

#include "base/system/system_call.h"

namespace wireproof {

UniqueFd listen_on(std::uint16_t port) {
  UniqueFd listener(static_cast<int>(
      check_call(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "open a listening socket")));
  const int on = 1;
  check_call(::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on),
             "reuse an address");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check_call(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
             "bind port " + std::to_string(port));
  check_call(::listen(listener.get(), 8), "listen");
  return listener;
}

UniqueFd accept_one(int listener) {
  return UniqueFd(
      static_cast<int>(check_call(::accept(listener, nullptr, nullptr), "accept a connection")));
}

void echo(int connection) {
  std::array<char, 4096> buffer{};
  for (ssize_t size = 0; (size = ::recv(connection, buffer.data(), buffer.size(), 0)) > 0;) {
    check_call(::send(connection, buffer.data(), static_cast<std::size_t>(size), 0), "echo");
  }
}

UniqueFd echo_one(int listener) {
  UniqueFd connection = accept_one(listener);
  echo(connection.get());
  return connection;
}

void serve_echo(int listener) {
  for (;;) echo_one(listener);
}

void say_ready(int ready_fd) {
  check_call(::write(ready_fd, "", 1), "say that the server is ready");
  ::close(ready_fd);
}

}  // namespace wireproof
