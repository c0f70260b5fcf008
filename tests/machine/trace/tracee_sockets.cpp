#include "machine/trace/tracee_sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace wireproof::tracee {

long check(long result) {
  if (result >= 0) return result;
  std::perror("the traced program");
  std::_Exit(9);
}

namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

int listen_on_loopback() {
  const int listener = static_cast<int>(check(::socket(AF_INET, SOCK_STREAM, 0)));
  const sockaddr_in address = loopback(0);
  check(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  check(::listen(listener, 16));
  return listener;
}

std::uint16_t port_of(int socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  check(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size));
  return ntohs(address.sin_port);
}

int connect_to(std::uint16_t port) {
  const int client = static_cast<int>(check(::socket(AF_INET, SOCK_STREAM, 0)));
  const sockaddr_in address = loopback(port);
  check(::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  return client;
}

int accept_from(int listener) {
  return static_cast<int>(check(::accept(listener, nullptr, nullptr)));
}

void tell_port(int listener) {
  std::printf("%u\n", port_of(listener));
  std::fflush(stdout);
}

Pair make_pair() {
  const int listener = listen_on_loopback();
  Pair pair;
  pair.client = connect_to(port_of(listener));
  pair.server = accept_from(listener);
  check(::close(listener));
  return pair;
}

}  // namespace wireproof::tracee
