#pragma once

#include <sys/types.h>

#include <vector>

#include "base/text/address.h"
#include "machine/host/socket_list.h"

namespace wireproof {

// Who listens (TCP) or has bound (UDP) an address of this host, as far as this network namespace
// and this user may see it.
struct ListeningProcess {
  bool listens = false;
  pid_t process = 0;  // of several that hold the socket the one that started the others; 0: none of
                      // them may be looked at
  std::vector<pid_t> holders{};  // that one, and those below it that hold the socket, too

  bool operator==(const ListeningProcess&) const = default;
};

// A socket of the wildcard address listens on every address. Asks sock_diag and reads /proc; no
// packet is sent. Throws SystemError.
ListeningProcess find_listening_process(ListenProtocol protocol, const Endpoint& endpoint);

// A process that has a descriptor of a TCP socket.
struct HeldSocket {
  pid_t process = 0;
  Endpoint remote;

  bool operator==(const HeldSocket&) const = default;
};

// Which of these processes have TCP sockets with this local port and a peer, once a process and
// socket. A process that is gone or somebody else's holds nothing. Throws SystemError.
std::vector<HeldSocket> find_socket_holders(std::uint16_t local_port,
                                            const std::vector<pid_t>& processes);

}  // namespace wireproof
