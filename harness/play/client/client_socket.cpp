#include "play/client/client_socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cassert>
#include <cerrno>

#include "base/system/deadline.h"
#include "base/system/socket_address.h"
#include "machine/host/network.h"

namespace wireproof {
namespace {

namespace asio = boost::asio;

// How much one recv call asks for at most; any UDP datagram fits.
constexpr std::size_t kMaxRecvBytes = 65536;
// Who reads from a stream that never stops must let the capture be drained, whose ring holds 4 MiB.
constexpr std::size_t kMostCallsAtOnce = 8;

void set_option(int fd, int level, int option, const std::string& name, int value = 1) {
  check_call(::setsockopt(fd, level, option, &value, sizeof value), "setsockopt " + name);
}

// What no server can cause: this machine has no memory, port or right for the call. Of such a
// call nothing is known of the server.
void refuse_own_error(const IoResult& result, const std::string& attempt) {
  switch (result.error_number) {
    case EACCES:
    case EADDRNOTAVAIL:
    case EBADF:
    case EINVAL:
    case EIO:
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EPERM:
      throw SystemError(attempt, result.error_number);
    default:
      return;
  }
}

// One try: nothing when it would block.
std::optional<IoResult> recv_once(int fd, std::size_t most, Bytes& received, const TakeRule& take) {
  Bytes buffer(std::min(most, kMaxRecvBytes));
  ssize_t count = ::recv(fd, buffer.data(), buffer.size(), take ? MSG_PEEK : 0);
  if (count > 0 && take) {
    const std::size_t taken = take(ByteView(buffer.data(), static_cast<std::size_t>(count)));
    count = ::recv(fd, buffer.data(), taken, 0);
  }
  IoResult result;
  if (count < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return std::nullopt;
    result.error_number = errno;
    return result;
  }
  result.count = count;
  received.insert(received.end(), buffer.begin(), buffer.begin() + count);
  return result;
}

// errno, 0 for none. One that a signal interrupts goes on all the same (POSIX connect()): the next
// call finds it under way, or done.
int begin_connect(int fd, const SocketAddress& remote) {
  int error_number = 0;
  do {
    error_number = ::connect(fd, remote.get(), remote.size) == -1 ? errno : 0;
  } while (error_number == EINTR);
  if (error_number == EALREADY) return EINPROGRESS;
  return error_number == EISCONN ? 0 : error_number;
}

// A socket that is not connected is told of ICMP errors only where it asks for them (ip(7)).
void watch_errors(int fd, IpVersion version) {
  if (version == IpVersion::v4) {
    set_option(fd, IPPROTO_IP, IP_RECVERR, "IP_RECVERR");
  } else {
    set_option(fd, IPPROTO_IPV6, IPV6_RECVERR, "IPV6_RECVERR");
  }
}

bool is_writable(int fd) {
  std::array<pollfd, 1> entries{pollfd{fd, POLLOUT, 0}};
  return await_any(entries, Deadline(Duration(0)), "look at a socket");
}

int pending_error(int fd) {
  int error_number = 0;
  socklen_t size = sizeof error_number;
  check_call(::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error_number, &size), "getsockopt SO_ERROR");
  return error_number;
}

}  // namespace

std::optional<IoResult> ClientSocket::try_recv(std::size_t most, Bytes& received,
                                               const TakeRule& take) {
  if (!is_connected_) return try_recv_of_asked(received);
  if (!port_) return recv_once(fd(), most, received, take);
  const std::optional<Bytes> datagram = port_->take(fd(), remote_);
  if (!datagram) return std::nullopt;
  received.insert(received.end(), datagram->begin(), datagram->end());
  IoResult result;
  result.count = std::ssize(*datagram);
  return result;
}

ssize_t ClientSocket::try_send(ByteView bytes) {
  if (!port_ && is_connected_) return ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  const SocketAddress peer = write_socket_address(remote_);
  return ::sendto(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL, peer.get(), peer.size);
}

// Skips what a socket that is connected to the server would never get.
std::optional<IoResult> ClientSocket::try_recv_of_asked(Bytes& received) {
  for (;;) {
    Bytes buffer(kMaxRecvBytes);
    SocketAddress sender;
    const ssize_t count =
        ::recvfrom(fd(), buffer.data(), buffer.size(), 0, sender.get(), &sender.size);
    IoResult result;
    if (count < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return std::nullopt;
      result.error_number = errno;
      return result;
    }
    const Endpoint from = read_socket_address(sender).value_or(Endpoint());
    if (from.address != remote_.address) continue;
    if (from.port != remote_.port && !awaits_other_port_) continue;
    came_from_ = from;
    result.count = count;
    received.insert(received.end(), buffer.begin(), buffer.begin() + count);
    return result;
  }
}

bool ClientSocket::follow_other_port() {
  if (is_connected_) return remote_ == came_from_;
  if (came_from_.port == remote_.port) return false;
  const SocketAddress sender = write_socket_address(came_from_);
  check_call(::connect(fd(), sender.get(), sender.size),
             "connect to " + render_endpoint(came_from_));
  remote_ = came_from_;
  is_connected_ = true;
  return true;
}

ClientSocket::ClientSocket(asio::io_context& context, std::string actor, CallLog& log)
    : context_(context),
      actor_(std::move(actor)),
      log_(log),
      limit_timer_(context),
      pause_timer_(context) {}

void ClientSocket::start_time_limit(Duration limit) {
  limit_ = limit;
  last_came_.reset();
  set_limit_timer(limit);
}

void ClientSocket::set_limit_timer(Duration limit) {
  timed_out_ = false;
  late_bytes_.reset();
  const std::uint64_t count = ++limit_count_;
  limit_timer_.expires_after(limit);
  limit_timer_.async_wait([this, count](const boost::system::error_code& error) {
    if (error || count != limit_count_) return;
    timed_out_ = true;
    if (descriptor_) descriptor_->cancel();
  });
}

void ClientSocket::shorten_time_limit(Duration limit) {
  if (limit_timer_.expiry() > std::chrono::steady_clock::now() + limit) set_limit_timer(limit);
}

void ClientSocket::end_time_limit() {
  ++limit_count_;
  timed_out_ = false;
  late_bytes_.reset();
  limit_timer_.cancel();
}

std::size_t ClientSocket::enter(const std::string& name) {
  SocketCall call;
  call.actor = actor_;
  call.side = side_;
  call.name = name;
  call.socket = socket_count_;
  call.udp = !tcp_;
  if (local_.port != 0) call.local = local_;
  if (side_ == Side::client || remote_.port != 0) call.remote = remote_;
  return log_.enter(std::move(call));
}

asio::awaitable<bool> ClientSocket::wait(Readiness readiness) {
  if (timed_out_) co_return false;
  const auto kind = readiness == Readiness::to_read ? asio::posix::descriptor_base::wait_read
                                                    : asio::posix::descriptor_base::wait_write;
  bool is_woken = false;
  const std::shared_ptr<DatagramPort> port = readiness == Readiness::to_read ? port_ : nullptr;
  if (port) {
    port->start_waiting(this, [this, &is_woken] {
      is_woken = true;
      descriptor_->cancel();
    });
  }
  boost::system::error_code error;
  co_await descriptor_->async_wait(kind, asio::redirect_error(asio::use_awaitable, error));
  if (port) port->stop_waiting(this);
  if (error && !timed_out_ && !is_woken) throw SystemError("wait for a socket", error.value());
  co_return !error || is_woken;
}

UniqueFd ClientSocket::open(const ConnectPlan& plan) {
  const int type = (plan.tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;
  UniqueFd fd =
      check_descriptor(::socket(address_family(plan.remote.address.version), type, 0), "socket");
  if (plan.local) {
    // A port that the sheet names may still be in TIME-WAIT from an earlier connection.
    if (plan.local->port != 0) set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, "SO_REUSEADDR");
    const SocketAddress address = write_socket_address(*plan.local);
    check_call(::bind(fd.get(), address.get(), address.size),
               "bind " + render_endpoint(*plan.local));
  }
  for (const auto& [option, value] : plan.options) {
    set_option(fd.get(), option->level, option->option, std::string(option->name), value);
  }
  is_connected_ = plan.tcp || !plan.is_answered_from_other_port;
  awaits_other_port_ = false;
  came_from_ = {};
  tcp_ = plan.tcp;
  side_ = Side::client;
  port_.reset();
  remote_ = plan.remote;
  // Read before the connect: a refused one takes the port away again.
  local_ = local_endpoint(fd.get());
  ++socket_count_;
  return fd;
}

asio::awaitable<IoResult> ClientSocket::connect(ConnectPlan plan) {
  assert(!is_open());
  const bool stays_open = !plan.tcp && plan.is_answered_from_other_port;
  if (stays_open && !plan.local) {
    // Of an address of this host the kernel may name none: it is its own.
    plan.local = Endpoint{find_route(plan.remote.address).source.value_or(plan.remote.address), 0};
  }
  UniqueFd fd = open(plan);
  if (stays_open) {
    watch_errors(fd.get(), plan.remote.address.version);
    descriptor_.emplace(context_, fd.release());
    co_return IoResult();
  }
  const SocketAddress remote = write_socket_address(plan.remote);
  IoResult result;
  const std::size_t entry = enter("connect");
  result.error_number = begin_connect(fd.get(), remote);
  if (const Endpoint local = local_endpoint(fd.get()); local.port != 0) local_ = local;
  // Watched from here on only: a TCP socket without connection reports a hang-up.
  descriptor_.emplace(context_, fd.release());
  if (result.error_number == EINPROGRESS) {
    result.waited = true;
    const bool ready = co_await wait(Readiness::to_write);
    // Also behind the limit: who had no CPU may not have seen that it is there.
    result.timed_out = !ready && !is_writable(this->fd());
    result.error_number = result.timed_out ? 0 : pending_error(this->fd());
  }
  if (local_.port != 0) log_.call(entry).local = local_;
  log_.leave(entry, result);
  refuse_own_error(result, "connect to " + render_endpoint(plan.remote));
  co_return result;
}

asio::awaitable<IoResult> ClientSocket::send(ByteView piece) {
  const std::size_t entry = enter(port_ || !is_connected_ ? "sendto" : "send");
  IoResult result;
  do {
    const ssize_t count = try_send(piece.subspan(static_cast<std::size_t>(result.count)));
    if (count >= 0) {
      result.count += count;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      result.waited = true;
      result.timed_out = !co_await wait(Readiness::to_write);
    } else if (errno != EINTR) {
      result.error_number = errno;
    }
  } while (result.ok() && static_cast<std::size_t>(result.count) < piece.size());
  log_.leave(entry, result);
  refuse_own_error(result, "send to " + render_endpoint(remote_));
  co_return result;
}

// Also the limit's own timer, which is noticed in no other way by who never waits.
asio::awaitable<void> ClientSocket::let_others_run() {
  calls_at_once_ = 0;
  co_await asio::post(context_, asio::use_awaitable);
}

std::size_t ClientSocket::waiting_bytes() {
  int count = 0;
  check_call(::ioctl(fd(), FIONREAD, &count), "ask for the bytes that wait");
  return static_cast<std::size_t>(count);
}

// In the last tenth of the limit: who sends slowly, and without end, has just paused.
bool ClientSocket::came_until_limit() const {
  constexpr int kLastPart = 10;
  return last_came_ && limit_timer_.expiry() - *last_came_ <= limit_ / kLastPart;
}

// How many of the bytes that wait came in time, as far as it can be told: who had no CPU may not
// have seen what was there. Nothing bounds them before the limit.
std::size_t ClientSocket::allowed_bytes() {
  if (!tcp_ || !timed_out_) return kMaxRecvBytes;
  if (!late_bytes_) late_bytes_ = waiting_bytes();
  return *late_bytes_;
}

asio::awaitable<IoResult> ClientSocket::recv(std::size_t most, Bytes& received, TakeRule take) {
  if (++calls_at_once_ > kMostCallsAtOnce) co_await let_others_run();
  const std::size_t entry = enter(port_ || !is_connected_ ? "recvfrom" : "recv");
  bool waited = false;
  std::size_t allowed = allowed_bytes();
  if (allowed == 0 && waiting_bytes() > 0) {
    IoResult late;
    late.timed_out = late.still_coming = true;
    log_.leave(entry, late);
    co_return late;
  }
  // The end of the stream, or an error, may wait where no byte does.
  most = std::min(most, std::max<std::size_t>(allowed, 1));
  std::optional<IoResult> result = try_recv(most, received, take);
  while (!result) {
    waited = true;
    calls_at_once_ = 0;
    const bool ready = co_await wait(Readiness::to_read);
    // Also behind the limit: who had no CPU may not have seen what is there.
    result = try_recv(most, received, take);
    if (!result && !ready) {
      result.emplace();
      result->timed_out = true;
      result->still_coming = came_until_limit();
    }
  }
  result->waited = waited;
  if (late_bytes_) {
    *late_bytes_ -= std::min(*late_bytes_, static_cast<std::size_t>(result->count));
  } else if (result->count > 0) {
    last_came_ = std::chrono::steady_clock::now();
  }
  if (!is_connected_ && result->ok()) log_.call(entry).remote = came_from_;
  log_.leave(entry, *result);
  refuse_own_error(*result, "receive from " + render_endpoint(remote_));
  co_return *result;
}

asio::awaitable<IoResult> ClientSocket::peek(Bytes& waiting) {
  waiting.resize(kMaxRecvBytes);
  IoResult result;
  for (;;) {
    const ssize_t count = port_ ? port_->peek(fd(), remote_, waiting)
                                : ::recv(fd(), waiting.data(), waiting.size(), MSG_PEEK);
    result.count = std::max<ssize_t>(count, 0);
    result.error_number = count < 0 ? errno : 0;
    const bool blocks = result.error_number == EAGAIN || result.error_number == EWOULDBLOCK;
    if (!blocks) result.timed_out = false;  // seen behind the limit
    if (!blocks) break;
    result.error_number = 0;
    if (result.timed_out) break;
    result.timed_out = !co_await wait(Readiness::to_read);
  }
  waiting.resize(static_cast<std::size_t>(result.count));
  co_return result;
}

asio::awaitable<void> ClientSocket::pause(Duration duration) {
  pause_timer_.expires_after(duration);
  co_await pause_timer_.async_wait(asio::use_awaitable);
}

void ClientSocket::set_no_delay() {
  if (tcp_) set_option(fd(), IPPROTO_TCP, TCP_NODELAY, "TCP_NODELAY");
}

IoResult ClientSocket::shutdown() {
  const std::size_t entry = enter("shutdown");
  IoResult result;
  if (port_) {
    result.error_number = ENOTCONN;  // it would end the port for all of its clients
  } else if (::shutdown(fd(), SHUT_WR) == -1) {
    result.error_number = errno;
  }
  log_.leave(entry, result);
  return result;
}

IoResult ClientSocket::close() {
  const int fd = descriptor_->release();
  descriptor_.reset();
  const bool is_share = port_ && remote_.port != 0;
  if (is_share) port_->leave(remote_);
  port_.reset();
  IoResult result;
  if (is_share) {  // of a port: no call of a server's
    static_cast<void>(UniqueFd(fd));
    return result;
  }
  const std::size_t entry = enter("close");
  log_.call(entry).releases = side_ == Side::server && remote_.port == 0;  // a listener's end
  if (::close(fd) == -1) result.error_number = errno;
  log_.leave(entry, result);
  return result;
}

IoResult ClientSocket::abort() {
  if (tcp_) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    check_call(::setsockopt(fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once),
               "setsockopt SO_LINGER");
  }
  return close();
}

std::size_t CallLog::enter(SocketCall call) {
  call.process = ::getpid();
  call.thread = ::gettid();
  calls_.push_back(std::move(call));
  calls_.back().entered = std::chrono::system_clock::now();
  return calls_.size() - 1;
}

void CallLog::leave(std::size_t entry, const IoResult& result) {
  SocketCall& call = calls_[entry];
  call.returned = std::chrono::system_clock::now();
  call.waited = result.waited;
  const bool moved_something = result.count > 0;
  if (result.ok() || moved_something) {
    call.result = result.count;
    return;
  }
  call.result = -1;
  call.error_number = result.timed_out ? EAGAIN : result.error_number;
}

}  // namespace wireproof
