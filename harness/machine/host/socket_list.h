#pragma once

#include <cstdint>
#include <vector>

#include "base/system/socket_address.h"
#include "base/text/address.h"

namespace wireproof {

// The sockets of the process's network namespace, IPv4 and IPv6, as the kernel lists them by
// sock_diag: no packet is sent. All throw SystemError.

enum class ListenProtocol : std::uint8_t { tcp, udp };

// Whether a socket listens (TCP) or is bound (UDP) on a port.
bool is_listening(ListenProtocol protocol, std::uint16_t port);

// The inodes of the sockets that take what comes to an address and port of this host, also those
// of the wildcard address.
std::vector<std::uint32_t> find_listening_sockets(ListenProtocol protocol,
                                                  const Endpoint& endpoint);

// Whether datagrams wait unread in a socket bound to a UDP port.
bool has_unread_datagrams(std::uint16_t port);

// The TCP sockets with a local port that have a peer and that some process has open.
struct ConnectedSocket {
  std::uint32_t inode = 0;
  Endpoint remote;

  bool operator==(const ConnectedSocket&) const = default;
};
std::vector<ConnectedSocket> list_connected_sockets(std::uint16_t local_port);

// The ports whose sockets are listed; 0: none of that protocol.
struct SocketPorts {
  std::uint16_t tcp = 0;
  std::uint16_t udp = 0;

  bool operator==(const SocketPorts&) const = default;
};

// All sockets with one of these ports at either end, also those that belong to no process any more
// (TIME-WAIT). Listening ones first, then by their ends.
std::vector<SocketEntry> read_socket_table(const SocketPorts& ports);

}  // namespace wireproof
