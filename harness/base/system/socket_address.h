#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/text/address.h"
#include "base/text/bytes.h"

namespace wireproof {

// An address in the form that the socket calls take and give: room for every family.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);  // bytes of it in use

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }  // the interface's own
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  ByteView bytes() const;  // of those in use, as long as this object lives
};

// AF_INET or AF_INET6.
int address_family(IpVersion version);

// A sockaddr_in or sockaddr_in6.
SocketAddress write_socket_address(const Endpoint& endpoint);

// The address and port of a sockaddr_in or sockaddr_in6, whatever follows them; an IPv4-mapped one
// as it is. Nothing for another family or for too few bytes.
std::optional<Endpoint> read_socket_address(ByteView bytes);
std::optional<Endpoint> read_socket_address(const SocketAddress& address);

// An address in network byte order: 4 bytes of AF_INET, 16 of AF_INET6, as many as there must be.
IpAddress read_ip_address(int family, const void* bytes);

// All addresses of a host (a name or an address), in the order in which they should be tried (RFC
// 6724); one may come several times. Throws SystemError when there is none.
std::vector<SocketAddress> look_up_host(const std::string& host, std::uint16_t port);

// Where an IP socket is bound; of one that is not the wildcard address with port 0. Throws
// SystemError.
Endpoint local_endpoint(int socket);

// One socket as the kernel lists it (`ss`, `netstat`).
struct SocketEntry {
  bool tcp = true;
  Endpoint local;
  Endpoint remote;    // of a socket without peer: port 0
  std::string state;  // RFC 9293 §3.3.2: "CLOSE-WAIT"; of UDP "UNCONN" or "ESTABLISHED"
  std::uint32_t receive_queue = 0;  // bytes unread; LISTEN: connections that wait for accept
  std::uint32_t send_queue = 0;     // bytes not acknowledged; LISTEN: the most that may wait

  bool operator==(const SocketEntry&) const = default;
};

}  // namespace wireproof
