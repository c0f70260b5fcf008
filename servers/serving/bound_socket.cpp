#include "servers/serving/bound_socket.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "base/system/system_call.h"
#include "base/text/address.h"

namespace wireproof {
namespace {

// The kernel takes what is too small for it as its own minimum (socket(7)).
constexpr int kSmallBufferSize = 1;

using AddressList = std::unique_ptr<addrinfo, void (*)(addrinfo*)>;

AddressList look_up(const std::string& host, std::uint16_t port, SocketType type) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = type == SocketType::stream ? SOCK_STREAM : SOCK_DGRAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(host.c_str(), fmt::format("{}", port).c_str(), &hints, &found);
  if (failure == EAI_SYSTEM) throw SystemError(fmt::format("look up {}", host), errno);
  if (failure != 0) {
    throw SystemError(fmt::format("look up {} ({})", host, ::gai_strerror(failure)), EADDRNOTAVAIL);
  }
  return {found, ::freeaddrinfo};
}

Endpoint read_endpoint(const sockaddr_storage& address) {
  Endpoint endpoint;
  if (address.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    endpoint.address.version = IpVersion::v6;
    std::memcpy(endpoint.address.bytes.data(), &v6.sin6_addr, sizeof v6.sin6_addr);
    endpoint.port = ntohs(v6.sin6_port);
    return endpoint;
  }
  sockaddr_in v4{};
  std::memcpy(&v4, &address, sizeof v4);
  std::memcpy(endpoint.address.bytes.data(), &v4.sin_addr, sizeof v4.sin_addr);
  endpoint.port = ntohs(v4.sin_port);
  return endpoint;
}

void set_option(const UniqueFd& fd, int level, int option, int value, const std::string& attempt) {
  check_call(::setsockopt(fd.get(), level, option, &value, sizeof value), attempt);
}

}  // namespace

UniqueFd open_bound_socket(const std::string& host, std::uint16_t port, SocketType type,
                           const Conduct& conduct) {
  const AddressList found = look_up(conduct.both_families ? "::" : host, port, type);
  sockaddr_storage address{};
  std::memcpy(&address, found->ai_addr, found->ai_addrlen);
  const std::string name = render_socket_address(address);

  UniqueFd fd(static_cast<int>(
      check_call(::socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, found->ai_protocol),
                 fmt::format("socket for {}", name))));
  if (type == SocketType::stream && conduct.takes_port_back) {
    // Only here: on a UDP socket it would let a second server take the port unnoticed.
    set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1, fmt::format("SO_REUSEADDR for {}", name));
  }
  // Accepted sockets inherit both.
  if (type == SocketType::stream && conduct.small_send_buffer) {
    set_option(fd, SOL_SOCKET, SO_SNDBUF, kSmallBufferSize, fmt::format("SO_SNDBUF for {}", name));
  }
  if (type == SocketType::stream && conduct.small_receive_buffer) {
    set_option(fd, SOL_SOCKET, SO_RCVBUF, kSmallBufferSize, fmt::format("SO_RCVBUF for {}", name));
  }
  if (conduct.both_families) {
    set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0, fmt::format("IPV6_V6ONLY for {}", name));
  }
  check_call(::bind(fd.get(), found->ai_addr, found->ai_addrlen), fmt::format("bind {}", name));
  if (type == SocketType::stream) {
    check_call(::listen(fd.get(), SOMAXCONN), fmt::format("listen {}", name));
  }
  return fd;
}

std::uint16_t bound_port(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  check_call(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  return read_endpoint(address).port;
}

std::string render_socket_address(const sockaddr_storage& address) {
  return render_endpoint(read_endpoint(address));
}

}  // namespace wireproof
