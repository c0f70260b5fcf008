#pragma once

#include <sys/eventfd.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>

#include "base/system/socket_address.h"
#include "base/system/system_call.h"
#include "servers/serving/connection.h"

namespace wireproof {

struct ListenOptions {
  std::string host = "127.0.0.1";         // name or address, IPv4 or IPv6
  std::optional<std::uint16_t> tcp_port;  // none: no TCP; 0: the system chooses
  std::optional<std::uint16_t> udp_port;
  ServeWay way = ServeWay::threads;  // of the TCP clients, unless the conduct has its own
  ServeLog log;
};

class ClientServing;

// Serves from its construction to its end: TCP clients in the given way, which has a thread for
// itself, datagrams in a thread that waits in recvfrom(). The threads inherit the creator's signal
// mask. Throws SystemError naming the attempt ("bind 127.0.0.1:12345: address already in use").
// All sockets are closed when the destructor returns.
class Listener {
 public:
  Listener(Service service, ListenOptions options);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::uint16_t tcp_port() const { return tcp_port_; }  // 0: no TCP
  std::uint16_t udp_port() const { return udp_port_; }

 private:
  void open_sockets();
  void answer_datagrams();

  const Service service_;
  const ListenOptions options_;
  UniqueFd tcp_fd_;
  UniqueFd udp_fd_;
  UniqueFd reply_fd_;  // what datagrams are answered by, where that is not udp_fd_
  std::uint16_t tcp_port_ = 0;
  std::uint16_t udp_port_ = 0;
  std::unique_ptr<ClientServing> clients_;  // null without TCP
  std::atomic<bool> stopping_ = false;
  std::binary_semaphore stop_waiting_{0};  // of a delayed start or reply

  std::jthread serving_;
  std::jthread answering_;
};

// What the ways of serving have in common.

// A wish to stop that poll() can wait for: readable for ever once it is set.
class StopEvent {
 public:
  // Throws SystemError when there is no descriptor.
  StopEvent() : fd_(check_descriptor(::eventfd(0, EFD_CLOEXEC), "eventfd")) {}

  int fd() const { return fd_.get(); }

  void set() const { ::eventfd_write(fd_.get(), 1); }

 private:
  UniqueFd fd_;
};

// Further clients wait in the kernel's backlog.
constexpr std::size_t kMaxClients = 512;

// A listening TCP socket, which is somebody else's and outlives the serving, and what its clients
// are told.
struct ServedSocket {
  int fd = -1;
  Service service;
  ServeLog log;
};

// A way of serving the clients of a listening socket.
class ClientServing {
 public:
  virtual ~ClientServing() = default;

  // Accepts and serves; returns after stop(), with every connection closed, every thread joined
  // and every process reaped.
  virtual void run() = 0;
  // From any thread, before run() or while it runs; once. The listening socket is of no use after.
  virtual void stop() = 0;
};

std::unique_ptr<ClientServing> serve_by_threads(ServedSocket socket);
// May throw SystemError, as the next but one, when there is no descriptor left for stop().
std::unique_ptr<ClientServing> serve_by_select(ServedSocket socket);
std::unique_ptr<ClientServing> serve_one_by_one(ServedSocket socket);
std::unique_ptr<ClientServing> serve_by_fork(ServedSocket socket);

enum class SocketType : std::uint8_t { stream, datagram };

// A socket bound to `host` (a name or an address) and `port` (0: the system chooses). A stream
// socket may take its port back while old connections are in TIME-WAIT (SO_REUSEADDR) and listens,
// as far as the conduct has it so. Throws SystemError naming the attempt.
UniqueFd open_bound_socket(const std::string& host, std::uint16_t port, SocketType type,
                           const Conduct& conduct = {});

enum class Acceptance : std::uint8_t {
  accepted,
  nobody,     // the client has gone again, or none was there: the next call may bring one
  exhausted,  // no descriptor or memory for it, or the socket does not listen any more
};

struct AcceptedClient {
  Acceptance acceptance = Acceptance::nobody;
  UniqueFd fd;       // when accepted
  std::string peer;  // "127.0.0.1:40000", "[::1]:40000"
};

// When accept() fails for want of descriptors or memory, a client that ends mends it; the limit is
// for what others hold.
constexpr std::chrono::milliseconds kMaxWaitAfterFailedAccept{100};

// One accept() with SOCK_CLOEXEC and `flags`; the log hears of a client that has come.
AcceptedClient accept_client(int listening_fd, const ServeLog& log, int flags = 0);

}  // namespace wireproof
