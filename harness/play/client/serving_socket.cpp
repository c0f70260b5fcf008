// The server's part of a socket: listening, and taking connections.
#include <fcntl.h>
#include <sys/socket.h>

#include <cassert>
#include <cerrno>

#include "base/system/socket_address.h"
#include "play/client/client_socket.h"

namespace wireproof {
namespace {

namespace asio = boost::asio;

// Whether a connection that waited was gone before it was taken (accept(2)): the next one counts.
bool is_nobody(int error_number) {
  return error_number == EAGAIN || error_number == EWOULDBLOCK || error_number == EINTR ||
         error_number == ECONNABORTED || error_number == EPROTO;
}

UniqueFd open_listener(bool tcp, const Endpoint& local) {
  const int type = (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
  UniqueFd fd =
      check_descriptor(::socket(address_family(local.address.version), type, 0), "socket");
  if (tcp) {
    // The port may still be in TIME-WAIT from an earlier connection.
    const int on = 1;
    check_call(::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on),
               "setsockopt SO_REUSEADDR");
  }
  const SocketAddress address = write_socket_address(local);
  check_call(::bind(fd.get(), address.get(), address.size), "listen on " + render_endpoint(local));
  if (tcp) check_call(::listen(fd.get(), SOMAXCONN), "listen on " + render_endpoint(local));
  return fd;
}

}  // namespace

void ClientSocket::listen(bool tcp, const Endpoint& local) {
  assert(!is_open());
  side_ = Side::server;
  tcp_ = tcp;
  local_ = local;
  remote_ = {};
  ++socket_count_;
  const std::size_t entry = enter(tcp ? "listen" : "bind");
  UniqueFd fd = open_listener(tcp, local);
  log_.leave(entry, {});
  port_ = tcp ? nullptr : std::make_shared<DatagramPort>();
  descriptor_.emplace(context_, fd.release());
}

void ClientSocket::take_connection(UniqueFd connection, const Endpoint& client) {
  descriptor_.emplace(context_, connection.release());
  remote_ = client;
  ++socket_count_;
}

// One try: nothing when nobody waits.
std::optional<IoResult> ClientSocket::try_accept(ClientSocket& listener) {
  if (port_) {
    const auto client = port_->accept(fd());
    if (!client) return std::nullopt;
    remote_ = *client;
    ++socket_count_;
    return IoResult();
  }
  SocketAddress client;
  UniqueFd connection(
      ::accept4(listener.fd(), client.get(), &client.size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (connection.get() < 0) {
    if (is_nobody(errno)) return std::nullopt;
    throw SystemError("accept a connection on " + render_endpoint(local_), errno);
  }
  const auto from = read_socket_address(client);
  take_connection(std::move(connection), from.value_or(Endpoint()));
  return IoResult();
}

void ClientSocket::move_to_own_port() {
  assert(port_ && remote_.port != 0);
  const int type = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
  UniqueFd fd =
      check_descriptor(::socket(address_family(local_.address.version), type, 0), "socket");
  const SocketAddress own = write_socket_address({local_.address, 0});
  check_call(::bind(fd.get(), own.get(), own.size), "bind a port of its own");
  const SocketAddress client = write_socket_address(remote_);
  check_call(::connect(fd.get(), client.get(), client.size),
             "connect to " + render_endpoint(remote_));
  port_->leave(remote_);
  port_.reset();
  local_ = local_endpoint(fd.get());
  static_cast<void>(UniqueFd(descriptor_->release()));
  descriptor_.emplace(context_, fd.release());
  ++socket_count_;
}

// It waits through a descriptor of its own, so that several can wait for one port.
asio::awaitable<IoResult> ClientSocket::accept(ClientSocket& listener) {
  assert(!is_open() && listener.is_open());
  side_ = Side::server;
  tcp_ = listener.tcp_;
  port_ = listener.port_;
  local_ = listener.local_;
  remote_ = {};
  UniqueFd own = check_descriptor(::fcntl(listener.fd(), F_DUPFD_CLOEXEC, 0), "copy a socket");
  descriptor_.emplace(context_, own.release());
  std::optional<std::size_t> entry;
  if (tcp_) entry = enter("accept");
  std::optional<IoResult> result = try_accept(listener);
  bool waited = false;
  while (!result) {
    waited = true;
    const bool ready = co_await wait(Readiness::to_read);
    result = try_accept(listener);
    if (result || ready) continue;
    result.emplace();
    result->timed_out = true;
  }
  result->waited = waited;
  if (result->timed_out) {
    descriptor_.reset();
    port_.reset();
  }
  if (entry) {
    SocketCall& call = log_.call(*entry);
    call.socket = listener.socket_count_;
    if (!result->timed_out) call.remote = remote_;
    if (!result->timed_out) call.new_socket = socket_count_;
    log_.leave(*entry, *result);
  }
  co_return *result;
}

}  // namespace wireproof
