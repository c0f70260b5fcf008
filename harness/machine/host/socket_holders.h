#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "base/text/address.h"

namespace wireproof {

// A process that has a descriptor of a TCP socket.
struct HeldSocket {
  pid_t process = 0;
  Endpoint remote;

  bool operator==(const HeldSocket&) const = default;
};

// Which of these processes have TCP sockets with this local port and a peer, once a process and
// socket. Reads /proc of this network namespace; a process that is gone or somebody else's holds
// nothing.
std::vector<HeldSocket> find_socket_holders(std::uint16_t local_port,
                                            const std::vector<pid_t>& processes);

}  // namespace wireproof
