#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace wireproof {

// Options of setsockopt that change what a socket's calls mean, or that courses ask for: what is
// traced of that call. Not those that a program sets again and again (TCP_QUICKACK, TCP_CORK).
struct SocketOption {
  int level = 0;
  int option = 0;
  std::string_view name;
};

inline constexpr std::array<SocketOption, 17> kSocketOptions{{
    {SOL_SOCKET, SO_OOBINLINE, "SO_OOBINLINE"},
    {SOL_UDP, UDP_SEGMENT, "UDP_SEGMENT"},
    {SOL_SOCKET, SO_REUSEADDR, "SO_REUSEADDR"},
    {SOL_SOCKET, SO_REUSEPORT, "SO_REUSEPORT"},
    {SOL_SOCKET, SO_KEEPALIVE, "SO_KEEPALIVE"},
    {SOL_SOCKET, SO_LINGER, "SO_LINGER"},
    {SOL_SOCKET, SO_BROADCAST, "SO_BROADCAST"},
    {SOL_SOCKET, SO_RCVTIMEO, "SO_RCVTIMEO"},
    {SOL_SOCKET, SO_SNDTIMEO, "SO_SNDTIMEO"},
    {SOL_SOCKET, SO_RCVBUF, "SO_RCVBUF"},
    {SOL_SOCKET, SO_SNDBUF, "SO_SNDBUF"},
    {IPPROTO_TCP, TCP_NODELAY, "TCP_NODELAY"},
    {IPPROTO_TCP, TCP_MAXSEG, "TCP_MAXSEG"},
    {IPPROTO_TCP, TCP_KEEPIDLE, "TCP_KEEPIDLE"},
    {IPPROTO_TCP, TCP_KEEPINTVL, "TCP_KEEPINTVL"},
    {IPPROTO_TCP, TCP_KEEPCNT, "TCP_KEEPCNT"},
    {IPPROTO_IPV6, IPV6_V6ONLY, "IPV6_V6ONLY"},
}};

// An option as a socket is to have it, of those whose value is a number.
struct SocketOptionValue {
  const SocketOption* option = nullptr;  // one of kSocketOptions
  int value = 0;

  bool operator==(const SocketOptionValue&) const = default;
};

// Null for an option, or a name, that is none of these.
inline const SocketOption* find_socket_option(int level, int option) {
  const auto found = std::ranges::find_if(kSocketOptions, [&](const SocketOption& known) {
    return known.level == level && known.option == option;
  });
  return found == kSocketOptions.end() ? nullptr : &*found;
}

inline const SocketOption* find_socket_option(std::string_view name) {
  const auto found = std::ranges::find(kSocketOptions, name, &SocketOption::name);
  return found == kSocketOptions.end() ? nullptr : &*found;
}

}  // namespace wireproof
