#pragma once

#include <cstdint>

namespace wireproof::tracee {

// What the traced program does with sockets, by the plainest calls; -1 or a failed call ends it
// with exit code 9.
int listen_on_loopback();
std::uint16_t port_of(int socket);
int connect_to(std::uint16_t port);
int accept_from(int listener);
// Prints the port for whoever starts the other side.
void tell_port(int listener);

struct Pair {
  int client = -1;
  int server = -1;
};
// Both ends of one connection in this process; the listener is closed again.
Pair make_pair();

long check(long result);

}  // namespace wireproof::tracee
