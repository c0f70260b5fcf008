#include "machine/host/free_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <vector>

#include "base/system/system_call.h"
#include "base/system/unique_fd.h"

namespace wireproof {
namespace {

struct LoopbackAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  sockaddr* generic() { return reinterpret_cast<sockaddr*>(&storage); }  // the interface's own
};

LoopbackAddress make_address(IpVersion version, std::uint16_t port) {
  LoopbackAddress address;
  if (version == IpVersion::v4) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.size = sizeof *v4;
  } else {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    v6->sin6_addr = in6addr_loopback;
    address.size = sizeof *v6;
  }
  return address;
}

UniqueFd open_socket(IpVersion version, int type) {
  const int family = version == IpVersion::v4 ? AF_INET : AF_INET6;
  return UniqueFd(
      static_cast<int>(check_call(::socket(family, type | SOCK_CLOEXEC, 0), "open a socket")));
}

std::uint16_t bound_port(int fd) {
  LoopbackAddress address;
  address.size = sizeof address.storage;
  check_call(::getsockname(fd, address.generic(), &address.size), "ask for a socket's port");
  // Both families keep the port at the same place (struct sockaddr_in, sockaddr_in6).
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_port);
}

}  // namespace

std::uint16_t choose_free_port(IpVersion version) {
  std::vector<UniqueFd> refused;  // held, so that the system names another port each time
  for (;;) {
    UniqueFd stream = open_socket(version, SOCK_STREAM);
    LoopbackAddress any = make_address(version, 0);
    check_call(::bind(stream.get(), any.generic(), any.size), "choose a free port");
    const std::uint16_t port = bound_port(stream.get());
    const UniqueFd datagram = open_socket(version, SOCK_DGRAM);
    LoopbackAddress same = make_address(version, port);
    if (::bind(datagram.get(), same.generic(), same.size) == 0) return port;
    refused.push_back(std::move(stream));
  }
}

bool has_ipv6_loopback() {
  const UniqueFd socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  LoopbackAddress any = make_address(IpVersion::v6, 0);
  return socket && ::bind(socket.get(), any.generic(), any.size) == 0;
}

}  // namespace wireproof
