#pragma once

#include <cstdint>

namespace wireproof {

enum class ListenProtocol : std::uint8_t { tcp, udp };

// Whether a socket in the process's network namespace listens (TCP) or is bound (UDP) on a port,
// IPv4 or IPv6. Asks the kernel by sock_diag: no packet is sent. Throws SystemError.
bool is_listening(ListenProtocol protocol, std::uint16_t port);

// Whether datagrams wait unread in a socket bound to a UDP port. Throws SystemError.
bool has_unread_datagrams(std::uint16_t port);

}  // namespace wireproof
