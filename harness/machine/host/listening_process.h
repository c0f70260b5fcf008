#pragma once

#include <sys/types.h>

#include <vector>

#include "base/text/address.h"
#include "machine/host/listening.h"

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

}  // namespace wireproof
