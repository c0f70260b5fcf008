#pragma once

#include <cstdint>
#include <vector>

#include "base/system/socket_entry.h"

namespace wireproof {

// The ports whose sockets are listed; 0: none of that protocol.
struct SocketPorts {
  std::uint16_t tcp = 0;
  std::uint16_t udp = 0;

  bool operator==(const SocketPorts&) const = default;
};

// All sockets of the process's network namespace with one of these ports at either end, IPv4 and
// IPv6, also those that belong to no process any more (TIME-WAIT). Listening ones first, then by
// their ends. Asks the kernel by sock_diag: no packet is sent. Throws SystemError.
std::vector<SocketEntry> read_socket_table(const SocketPorts& ports);

}  // namespace wireproof
