#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/system/system_call.h"
#include "servers/serving/connection.h"

namespace wireproof {

// A wish to stop that poll() can wait for: readable for ever once it is set.
class StopEvent {
 public:
  // Throws SystemError when there is no descriptor.
  StopEvent() : fd_(check_descriptor(::eventfd(0, EFD_CLOEXEC), "eventfd")) {}

  int fd() const { return fd_.get(); }

  void set() const {
    const std::uint64_t one = 1;
    while (::write(fd_.get(), &one, sizeof one) == -1 && errno == EINTR) {
    }
  }

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

}  // namespace wireproof
