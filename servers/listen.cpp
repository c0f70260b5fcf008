#include "servers/listen.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <system_error>
#include <utility>

#include "base/hex.h"
#include "servers/bound_socket.h"

namespace wireproof {
namespace {

// Further clients wait in the kernel's backlog.
constexpr std::size_t kMaxClients = 512;

// When accept() fails for want of descriptors or memory, a client that ends mends it; the limit is
// for what others hold.
constexpr std::chrono::milliseconds kMaxWaitAfterFailedAccept{100};

}  // namespace

Listener::Listener(Service service, ListenOptions options)
    : service_(std::move(service)), options_(std::move(options)) {
  open_sockets();
  if (tcp_fd_) accepting_ = std::jthread([this] { accept_clients(); });
  if (udp_fd_) answering_ = std::jthread([this] { answer_datagrams(); });
}

Listener::~Listener() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    ::shutdown(tcp_fd_.get(), SHUT_RDWR);
    ::shutdown(udp_fd_.get(), SHUT_RDWR);
    for (const Client& client : clients_) ::shutdown(client.fd.get(), SHUT_RDWR);
  }
  client_ended_.notify_all();
  if (accepting_.joinable()) accepting_.join();
  if (answering_.joinable()) answering_.join();
  for (Client& client : clients_) {
    if (client.thread.joinable()) client.thread.join();
  }
}

void Listener::open_sockets() {
  if (options_.tcp_port && service_.open_stream) {
    tcp_fd_ = open_bound_socket(options_.host, *options_.tcp_port, SocketType::stream);
    tcp_port_ = bound_port(tcp_fd_.get());
  }
  if (options_.udp_port && service_.open_datagrams) {
    udp_fd_ = open_bound_socket(options_.host, *options_.udp_port, SocketType::datagram);
    udp_port_ = bound_port(udp_fd_.get());
  }
}

bool Listener::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Listener::accept_clients() {
  while (wait_for_room()) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    UniqueFd fd(
        ::accept4(tcp_fd_.get(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_CLOEXEC));
    if (!fd) {
      if (errno != EINTR && errno != ECONNABORTED) wait_after_failed_accept();
      continue;
    }
    start_client(std::move(fd), render_socket_address(address));
  }
}

bool Listener::wait_for_room() {
  std::unique_lock lock(mutex_);
  reap_ended_clients();
  while (!stopping_ && clients_.size() >= kMaxClients) {
    client_ended_.wait(lock);
    reap_ended_clients();
  }
  return !stopping_;
}

void Listener::wait_after_failed_accept() {
  std::unique_lock lock(mutex_);
  if (!stopping_) client_ended_.wait_for(lock, kMaxWaitAfterFailedAccept);
}

void Listener::start_client(UniqueFd fd, const std::string& peer) {
  if (options_.log) options_.log(fmt::format("{} connected", peer));
  std::unique_lock lock(mutex_);
  if (stopping_) return;
  Client& client = clients_.emplace_back();
  client.fd = std::move(fd);
  if (options_.clients == ClientOrder::one_by_one) {
    lock.unlock();
    serve_client(client, peer);
    return;
  }
  try {
    client.thread = std::jthread([this, &client, peer] { serve_client(client, peer); });
  } catch (const std::system_error&) {
    clients_.pop_back();  // no thread to be had: this client is closed, the others go on
  }
}

void Listener::serve_client(Client& client, const std::string& peer) {
  const std::unique_ptr<StreamProtocol> protocol = service_.open_stream();
  serve_connection(client.fd.get(), *protocol, service_.stream_read_size, peer, options_.log);
  if (options_.log) options_.log(fmt::format("{} closed", peer));
  {
    const std::lock_guard lock(mutex_);  // the destructor must not meet a reused descriptor
    client.fd.reset();
    client.ended = true;
  }
  client_ended_.notify_all();
}

// Joins under the lock: a thread that has set `ended` needs the lock no more.
void Listener::reap_ended_clients() {
  clients_.remove_if([](const Client& client) { return client.ended; });
}

void Listener::answer_datagrams() {
  const std::unique_ptr<DatagramProtocol> protocol = service_.open_datagrams();
  Bytes buffer(service_.datagram_read_size);
  for (;;) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    auto* const peer = reinterpret_cast<sockaddr*>(&address);
    const ssize_t count = ::recvfrom(udp_fd_.get(), buffer.data(), buffer.size(), 0, peer, &size);
    if (stopping()) return;
    if (count < 0) continue;
    const ByteView datagram = ByteView(buffer).first(static_cast<std::size_t>(count));
    const std::string name = options_.log ? render_socket_address(address) : "";
    if (options_.log) options_.log(fmt::format("{} > {}", name, render_quoted(datagram)));
    for (const Bytes& reply : protocol->on_datagram(datagram)) {
      if (options_.log) options_.log(fmt::format("{} < {}", name, render_quoted(reply)));
      // A reply that cannot be sent is lost, as datagrams are.
      ::sendto(udp_fd_.get(), reply.data(), reply.size(), MSG_NOSIGNAL, peer, size);
    }
  }
}

}  // namespace wireproof
