#pragma once

#include <cstdint>
#include <vector>

#include "base/text/address.h"

namespace wireproof {

enum class ListenProtocol : std::uint8_t { tcp, udp };

// Whether a socket in the process's network namespace listens (TCP) or is bound (UDP) on a port,
// IPv4 or IPv6. Asks the kernel by sock_diag: no packet is sent. Throws SystemError.
bool is_listening(ListenProtocol protocol, std::uint16_t port);

// The inodes of the sockets that take what comes to an address and port of this host, also those
// of the wildcard address. Throws SystemError.
std::vector<std::uint32_t> find_listening_sockets(ListenProtocol protocol,
                                                  const Endpoint& endpoint);

// Whether datagrams wait unread in a socket bound to a UDP port. Throws SystemError.
bool has_unread_datagrams(std::uint16_t port);

}  // namespace wireproof
