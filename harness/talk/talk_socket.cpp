#include "talk/talk.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/system/socket_address.h"
#include "base/text/words.h"

namespace wireproof {
namespace {

std::optional<std::uint16_t> read_port(std::string_view text) {
  const auto port = parse_number<std::uint16_t>(text);
  return port != 0 ? port : std::nullopt;
}

UniqueFd open_stream(IpVersion version, int flags) {
  const int kind = SOCK_STREAM | SOCK_CLOEXEC | flags;
  return check_descriptor(::socket(address_family(version), kind, 0), "open a socket");
}

TalkPeer name_ends(UniqueFd socket, const Endpoint& remote) {
  TalkPeer peer{std::move(socket), {}, remote};
  peer.local = local_endpoint(peer.socket.get());
  return peer;
}

// 0, an errno of connect(), or ECANCELED when stopped.
int try_connect(int socket, const Endpoint& endpoint, const TalkAside& aside) {
  const SocketAddress address = write_socket_address(endpoint);
  if (::connect(socket, address.get(), address.size) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  std::array<pollfd, 1> entries{pollfd{socket, POLLOUT, 0}};
  if (await_talk(entries, aside, TalkPatience::wait) == TalkWait::stopped) return ECANCELED;
  int error_number = 0;
  socklen_t size = sizeof error_number;
  check_call(::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error_number, &size),
             "ask how connect ended");
  return error_number;
}

}  // namespace

std::optional<TalkAddress> parse_talk_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const auto port = read_port(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon);
  if (!port) return std::nullopt;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;  // where an IPv6 address ends cannot be told without brackets
  }
  if (host.empty()) return std::nullopt;
  return TalkAddress{std::string(host), *port};
}

std::vector<Endpoint> look_up_talk(const TalkAddress& address) {
  std::vector<Endpoint> endpoints;
  for (const SocketAddress& found : look_up_host(address.host, address.port)) {
    const auto endpoint = read_socket_address(found);
    if (endpoint && std::ranges::find(endpoints, *endpoint) == endpoints.end()) {
      endpoints.push_back(*endpoint);
    }
  }
  return endpoints;
}

std::optional<TalkPeer> connect_talk(const std::vector<Endpoint>& addresses,
                                     const TalkAside& aside) {
  std::optional<SystemError> refusal;
  for (const Endpoint& endpoint : addresses) {
    UniqueFd socket = open_stream(endpoint.address.version, SOCK_NONBLOCK);
    const int error_number = try_connect(socket.get(), endpoint, aside);
    if (error_number == 0) return name_ends(std::move(socket), endpoint);
    if (error_number == ECANCELED) return std::nullopt;
    refusal.emplace("connect " + render_endpoint(endpoint), error_number);
  }
  if (refusal) throw *refusal;
  throw SystemError("connect", EDESTADDRREQ);
}

UniqueFd bind_talk(const Endpoint& address) {
  UniqueFd socket = open_stream(address.address.version, 0);
  const std::string name = render_endpoint(address);
  const int on = 1;
  check_call(::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on),
             "SO_REUSEADDR for " + name);
  const SocketAddress bound = write_socket_address(address);
  check_call(::bind(socket.get(), bound.get(), bound.size), "bind " + name);
  return socket;
}

void listen_talk(int bound_socket) {
  check_call(::listen(bound_socket, 1), "listen");
}

std::optional<TalkPeer> accept_talk(int listening_socket, const TalkAside& aside) {
  for (;;) {
    std::array<pollfd, 1> entries{pollfd{listening_socket, POLLIN, 0}};
    if (await_talk(entries, aside, TalkPatience::wait) == TalkWait::stopped) return std::nullopt;
    SocketAddress address;
    UniqueFd socket(::accept4(listening_socket, address.get(), &address.size, SOCK_CLOEXEC));
    // The client may have gone again before it was accepted.
    if (!socket && (errno == ECONNABORTED || errno == EINTR)) continue;
    check_call(socket.get(), "accept");
    return name_ends(std::move(socket), read_socket_address(address).value_or(Endpoint{}));
  }
}

}  // namespace wireproof
