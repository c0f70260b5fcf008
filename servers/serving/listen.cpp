#include "servers/serving/listen.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "base/text/bytes.h"

namespace wireproof {
namespace {

// What cannot be received now may be in a moment, and must not keep a CPU busy until then.
constexpr std::chrono::milliseconds kWaitAfterFailedReceive{100};

std::unique_ptr<ClientServing> make_client_serving(ServeWay way, ServedSocket socket) {
  switch (way) {
    case ServeWay::threads:
      return serve_by_threads(std::move(socket));
    case ServeWay::select:
      return serve_by_select(std::move(socket));
    case ServeWay::serial:
      return serve_one_by_one(std::move(socket));
    case ServeWay::fork:
      return serve_by_fork(std::move(socket));
  }
  return nullptr;
}

// The kernel takes what is too small for it as its own minimum (socket(7)).
constexpr int kSmallBufferSize = 1;

void set_option(const UniqueFd& fd, int level, int option, int value, const std::string& attempt) {
  check_call(::setsockopt(fd.get(), level, option, &value, sizeof value), attempt);
}

// "127.0.0.1:40000"; of no IP address "0.0.0.0:0"
std::string render_socket_address(const SocketAddress& address) {
  return render_endpoint(read_socket_address(address).value_or(Endpoint{}));
}

}  // namespace

Listener::Listener(Service service, ListenOptions options)
    : service_(std::move(service)), options_(std::move(options)) {
  (void)stop_waiting_.try_acquire_for(service_.conduct.start_delay);
  open_sockets();
  if (tcp_fd_) {
    const ServeWay way = service_.conduct.way.value_or(options_.way);
    clients_ = make_client_serving(way, {tcp_fd_.get(), service_, options_.log});
    serving_ = std::jthread([this] { clients_->run(); });
  }
  if (udp_fd_) answering_ = std::jthread([this] { answer_datagrams(); });
}

Listener::~Listener() {
  stopping_ = true;
  stop_waiting_.release();
  if (clients_) clients_->stop();
  // Wakes the thread that waits in recvfrom(); a close() would not.
  ::shutdown(udp_fd_.get(), SHUT_RDWR);
  if (serving_.joinable()) serving_.join();
  if (answering_.joinable()) answering_.join();
}

void Listener::open_sockets() {
  if (options_.tcp_port && service_.open_stream) {
    tcp_fd_ =
        open_bound_socket(options_.host, *options_.tcp_port, SocketType::stream, service_.conduct);
    tcp_port_ = local_endpoint(tcp_fd_.get()).port;
  }
  if (options_.udp_port && service_.open_datagrams) {
    udp_fd_ = open_bound_socket(options_.host, *options_.udp_port, SocketType::datagram,
                                service_.conduct);
    udp_port_ = local_endpoint(udp_fd_.get()).port;
    if (service_.datagrams_from_other_port) {
      reply_fd_ = open_bound_socket(options_.host, 0, SocketType::datagram);
    }
  }
}

void Listener::answer_datagrams() {
  const std::unique_ptr<DatagramProtocol> protocol = service_.open_datagrams();
  const int reply_fd = reply_fd_ ? reply_fd_.get() : udp_fd_.get();
  Bytes buffer(service_.datagram_read_size);
  for (;;) {
    SocketAddress peer;
    const ssize_t count =
        ::recvfrom(udp_fd_.get(), buffer.data(), buffer.size(), 0, peer.get(), &peer.size);
    if (stopping_) return;
    if (count < 0) {
      if (errno != EINTR && stop_waiting_.try_acquire_for(kWaitAfterFailedReceive)) return;
      continue;
    }
    const ByteView datagram = ByteView(buffer).first(static_cast<std::size_t>(count));
    const std::string name = options_.log ? render_socket_address(peer) : "";
    if (options_.log) options_.log(fmt::format("{} > {}", name, render_quoted(datagram)));
    for (const Bytes& reply : protocol->on_datagram(datagram)) {
      if (stop_waiting_.try_acquire_for(service_.conduct.reply_delay)) return;
      if (options_.log) options_.log(fmt::format("{} < {}", name, render_quoted(reply)));
      // A reply that cannot be sent is lost, as datagrams are.
      ::sendto(reply_fd, reply.data(), reply.size(), MSG_NOSIGNAL, peer.get(), peer.size);
    }
  }
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

}  // namespace wireproof
