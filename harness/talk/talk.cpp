#include "talk/talk.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

#include "base/system/deadline.h"
#include "base/system/process.h"
#include "base/system/socket_address.h"
#include "base/text/words.h"

namespace wireproof {
namespace {

// A pipe that is ready takes so much without blocking (pipe(7)); the output's own flags, which
// others may share, stay as they are.
constexpr std::size_t kOutputPiece = PIPE_BUF;

// One direction's bytes: read when there are none, written until there are none.
class TalkBlock {
 public:
  bool is_empty() const { return begin_ == end_; }
  std::uint8_t* room() { return bytes_.data(); }
  void fill(std::size_t size) {
    begin_ = 0;
    end_ = size;
  }
  const std::uint8_t* waiting() const { return bytes_.data() + begin_; }
  std::size_t size() const { return end_ - begin_; }
  void take(std::size_t size) { begin_ += size; }

 private:
  std::vector<std::uint8_t> bytes_ = std::vector<std::uint8_t>(kTalkBlockBytes);
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

bool is_passing(int error_number) {
  return error_number == EINTR || error_number == EAGAIN || error_number == EWOULDBLOCK;
}

bool is_reset(int error_number) {
  return error_number == ECONNRESET || error_number == EPIPE;
}

class TalkPipe {
 public:
  explicit TalkPipe(const TalkEnds& ends) : ends_(ends) {}

  TalkResult run(const TalkAside& aside) {
    const IgnoredSigpipe ignored;  // a broken output is an error of write()
    while (!is_over()) {
      std::array<pollfd, kEntries> waiting = entries();
      const bool may_end = has_delivered() && to_peer_.is_empty();
      switch (await_talk(waiting, aside, may_end ? TalkPatience::look : TalkPatience::wait)) {
        case TalkWait::ready:
          carry(waiting);
          break;
        case TalkWait::nothing:
          return result_;
        case TalkWait::stopped:
          result_.end = TalkEnd::stopped;
          return result_;
      }
    }
    return result_;
  }

 private:
  enum Index : std::size_t { kInput, kOutput, kPeer, kEntries };

  bool is_over() const { return has_delivered() && input_ended_ && to_peer_.is_empty(); }
  // The peer has closed, and all of it is written.
  bool has_delivered() const { return peer_ended_ && from_peer_.is_empty(); }

  // Only what can be used is waited for: poll() would report the rest again and again.
  std::array<pollfd, kEntries> entries() const {
    std::array<pollfd, kEntries> entries{pollfd{-1, POLLIN, 0}, pollfd{-1, POLLOUT, 0},
                                         pollfd{-1, 0, 0}};
    if (!input_ended_ && to_peer_.is_empty()) entries[kInput].fd = ends_.input;
    if (!from_peer_.is_empty()) entries[kOutput].fd = ends_.output;
    const bool receives = !peer_ended_ && from_peer_.is_empty();
    const bool sends = !to_peer_.is_empty();
    if (receives || sends) entries[kPeer].fd = ends_.peer;
    entries[kPeer].events = static_cast<short>((receives ? POLLIN : 0) | (sends ? POLLOUT : 0));
    return entries;
  }

  void carry(const std::array<pollfd, kEntries>& entries) {
    const bool sends = !to_peer_.is_empty();
    if (entries[kPeer].revents != 0) {
      if (!peer_ended_ && from_peer_.is_empty()) receive_from_peer();
      if (sends) send_to_peer();
    }
    if (entries[kOutput].revents != 0) write_output();
    if (entries[kInput].revents != 0) {
      read_input();
      send_to_peer();
    }
  }

  void read_input() {
    const ssize_t size = ::read(ends_.input, to_peer_.room(), kTalkBlockBytes);
    if (size < 0 && is_passing(errno)) return;
    // A console that was closed before the program began has nothing to say.
    if (size < 0 && errno != EBADF) throw SystemError("read the input", errno);
    if (size > 0) {
      to_peer_.fill(static_cast<std::size_t>(size));
      return;
    }
    input_ended_ = true;
    // Of a connection that is gone already, receive_from_peer() tells.
    ::shutdown(ends_.peer, SHUT_WR);
  }

  void send_to_peer() {
    if (to_peer_.is_empty()) return;
    const ssize_t size =
        ::send(ends_.peer, to_peer_.waiting(), to_peer_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size >= 0) {
      to_peer_.take(static_cast<std::size_t>(size));
      result_.sent_bytes += static_cast<std::uint64_t>(size);
      return;
    }
    if (is_passing(errno)) return;
    if (!is_reset(errno)) throw SystemError("send to the peer", errno);
    end_by_reset();  // what it sent before is still there to be read
  }

  void receive_from_peer() {
    const ssize_t size = ::recv(ends_.peer, from_peer_.room(), kTalkBlockBytes, MSG_DONTWAIT);
    if (size > 0) {
      from_peer_.fill(static_cast<std::size_t>(size));
      result_.received_bytes += static_cast<std::uint64_t>(size);
      return;
    }
    if (size < 0 && is_passing(errno)) return;
    if (size < 0 && !is_reset(errno)) throw SystemError("receive from the peer", errno);
    peer_ended_ = true;
    if (size < 0) end_by_reset();
  }

  // Nothing more can be sent.
  void end_by_reset() {
    result_.end = TalkEnd::reset;
    to_peer_.fill(0);
    input_ended_ = true;
  }

  void write_output() {
    const std::size_t piece = std::min(from_peer_.size(), kOutputPiece);
    const ssize_t size = ::write(ends_.output, from_peer_.waiting(), piece);
    if (size >= 0) {
      from_peer_.take(static_cast<std::size_t>(size));
    } else if (!is_passing(errno)) {
      throw SystemError("write the output", errno);
    }
  }

  const TalkEnds ends_;
  TalkBlock to_peer_;
  TalkBlock from_peer_;
  bool input_ended_ = false;
  bool peer_ended_ = false;
  TalkResult result_;
};

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

TalkWait await_talk(std::span<pollfd> entries, const TalkAside& aside, TalkPatience patience) {
  std::vector<pollfd> all(entries.begin(), entries.end());
  all.push_back({aside.stop_fd, POLLIN, 0});
  all.push_back({aside.packets_fd, POLLIN, 0});
  const pollfd& stop = all[entries.size()];
  const pollfd& packets = all[entries.size() + 1];
  const Deadline limit = patience == TalkPatience::look ? Deadline(Duration(0)) : Deadline::never();
  for (;;) {
    await_any(all, limit, "wait for the peer and the console");
    if (packets.revents != 0 && aside.on_packets) aside.on_packets();
    if (stop.revents != 0) return TalkWait::stopped;
    std::copy_n(all.begin(), entries.size(), entries.begin());
    const bool any = std::ranges::any_of(entries, [](const pollfd& e) { return e.revents != 0; });
    if (any) return TalkWait::ready;
    if (patience == TalkPatience::look) return TalkWait::nothing;
  }
}

TalkResult run_talk_pipe(const TalkEnds& ends, const TalkAside& aside) {
  return TalkPipe(ends).run(aside);
}

std::optional<TalkAddress> parse_talk_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const auto port = parse_number<std::uint16_t>(text.substr(colon + 1));
  std::string_view host = text.substr(0, colon);
  if (port.value_or(0) == 0) return std::nullopt;
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
