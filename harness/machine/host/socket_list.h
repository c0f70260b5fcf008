#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "base/system/socket_address.h"
#include "base/text/address.h"

namespace wireproof {

// The sockets of the process's network namespace, IPv4 and IPv6, as the kernel lists them by
// sock_diag, and who holds them, from /proc: no packet is sent. All throw SystemError.

enum class ListenProtocol : std::uint8_t { tcp, udp };

// Whether a socket listens (TCP) or is bound (UDP) on a port.
bool is_listening(ListenProtocol protocol, std::uint16_t port);

// The inodes of the sockets that take what comes to an address and port of this host, also those
// of the wildcard address.
std::vector<std::uint32_t> find_listening_sockets(ListenProtocol protocol,
                                                  const Endpoint& endpoint);

// A socket that takes clients: it listens (TCP), or is bound and has no peer (UDP).
struct ListeningSocket {
  ListenProtocol protocol = ListenProtocol::tcp;
  Endpoint local;

  bool operator==(const ListeningSocket&) const = default;
};

// Those that these processes have a descriptor of, TCP first. A process that is gone or somebody
// else's has none.
std::vector<ListeningSocket> list_listening_sockets(const std::vector<pid_t>& processes);

// Whether a socket takes what comes to an address and port: also one of the wildcard address.
bool takes(const ListeningSocket& socket, const Endpoint& endpoint);

// Whether datagrams wait unread in a socket bound to a UDP port, where an address is given in one
// that takes what comes to that.
bool has_unread_datagrams(std::uint16_t port,
                          const std::optional<IpAddress>& address = std::nullopt);

// Whether an IPv4 socket is bound or connected to an address that begins with the first `bits` of
// this one, be it in TIME-WAIT.
bool has_sockets_in(const IpAddress& net, unsigned bits);

// The ports whose sockets are listed; 0: none of that protocol.
struct SocketPorts {
  std::uint16_t tcp = 0;
  std::uint16_t udp = 0;
  // Only sockets that have it, or the wildcard address, at an end with such a port; none: all.
  std::optional<IpAddress> address{};

  bool operator==(const SocketPorts&) const = default;
};

// All sockets with one of these ports at either end, also those that belong to no process any more
// (TIME-WAIT). Listening ones first, then by their ends.
std::vector<SocketEntry> read_socket_table(const SocketPorts& ports);

// Who listens (TCP) or has bound (UDP) an address of this host, as far as this network namespace
// and this user may see it.
struct ListeningProcess {
  bool listens = false;
  pid_t process = 0;  // of several that hold the socket the one that started the others; 0: none of
                      // them may be looked at
  std::vector<pid_t> holders{};  // that one, and those below it that hold the socket, too

  bool operator==(const ListeningProcess&) const = default;
};

// A socket of the wildcard address listens on every address.
ListeningProcess find_listening_process(ListenProtocol protocol, const Endpoint& endpoint);

// A process that has a descriptor of a TCP socket.
struct HeldSocket {
  pid_t process = 0;
  Endpoint remote;
  std::uint32_t receive_queue = 0;  // bytes unread; the peer's FIN counts as one

  bool operator==(const HeldSocket&) const = default;
};

// Which of these processes have TCP sockets with this local port and a peer, once a process and
// socket. A process that is gone or somebody else's holds nothing.
std::vector<HeldSocket> find_socket_holders(std::uint16_t local_port,
                                            const std::vector<pid_t>& processes);

}  // namespace wireproof
