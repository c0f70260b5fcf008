#include "servers/serving/server_socket.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

namespace wireproof {
namespace {

// The kernel takes what is too small for it as its own minimum (socket(7)).
constexpr int kSmallBufferSize = 1;

void set_option(const UniqueFd& fd, int level, int option, int value, const std::string& attempt) {
  check_call(::setsockopt(fd.get(), level, option, &value, sizeof value), attempt);
}

// How long a server that answers nobody who has closed looks for the FIN.
constexpr std::chrono::milliseconds kFinWait{100};

// Which of `events`, or of those that come unasked, are there in time.
short wait_for_events(int fd, short events, const Deadline& deadline) {
  pollfd waiting = {fd, events, 0};
  await_any({&waiting, 1}, deadline, "wait for a client");
  return waiting.revents;
}

}  // namespace

std::string render_socket_address(const SocketAddress& address) {
  return render_endpoint(read_socket_address(address).value_or(Endpoint{}));
}

UniqueFd open_bound_socket(const std::string& host, std::uint16_t port, SocketType type,
                           const Conduct& conduct) {
  const SocketAddress address = look_up_host(conduct.both_families ? "::" : host, port).front();
  const std::string name = render_socket_address(address);
  const int kind = (type == SocketType::stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC;
  UniqueFd fd = check_descriptor(::socket(address.storage.ss_family, kind, 0),
                                 fmt::format("socket for {}", name));
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
  check_call(::bind(fd.get(), address.get(), address.size), fmt::format("bind {}", name));
  if (type == SocketType::stream) {
    check_call(::listen(fd.get(), SOMAXCONN), fmt::format("listen {}", name));
  }
  return fd;
}

AcceptedClient accept_client(int listening_fd, const ServeLog& log, int flags) {
  SocketAddress address;
  AcceptedClient client;
  client.fd.reset(::accept4(listening_fd, address.get(), &address.size, SOCK_CLOEXEC | flags));
  if (client.fd) {
    client.acceptance = Acceptance::accepted;
    client.peer = render_socket_address(address);
    if (log) log(fmt::format("{} connected", client.peer));
  } else if (errno != EINTR && errno != ECONNABORTED && errno != EAGAIN) {
    client.acceptance = Acceptance::exhausted;
  }
  return client;
}

void prepare_connection(int fd, const Conduct& conduct) {
  if (conduct.sending != Sending::at_once) return;
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

ByteView next_piece(ByteView message, std::size_t sent, Sending sending) {
  const ByteView rest = message.subspan(sent);
  switch (sending) {
    case Sending::byte_by_byte:
      return rest.first(1);
    case Sending::in_halves:
      return sent == 0 && rest.size() > 1 ? rest.first(rest.size() / 2) : rest;
    case Sending::whole:
    case Sending::corked:
    case Sending::at_once:
      return rest;
  }
  return rest;
}

int send_flags(Sending sending, bool more_follows) {
  return sending == Sending::corked && more_follows ? MSG_MORE : 0;
}

bool may_answer(int fd, const Conduct& conduct) {
  if (conduct.answers_after_fin) return true;
  return (wait_for_events(fd, POLLRDHUP, Deadline(kFinWait)) & POLLRDHUP) == 0;
}

void prepare_close(int fd, Closing closing) {
  constexpr linger kReset = {1, 0};
  switch (closing) {
    case Closing::by_reset:
      ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &kReset, sizeof kReset);
      return;
    case Closing::after_shutdown:
      ::shutdown(fd, SHUT_RDWR);
      return;
    case Closing::orderly:
    case Closing::with_unread:
    case Closing::by_exit:
      return;
  }
}

bool wait_for_hang_up(int fd, const Deadline& deadline) {
  return (wait_for_events(fd, 0, deadline) & (POLLHUP | POLLERR)) != 0;
}

}  // namespace wireproof
