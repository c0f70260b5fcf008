#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>

#include "servers/serving/client_serving.h"

namespace wireproof {

struct ListenOptions {
  std::string host = "127.0.0.1";         // name or address, IPv4 or IPv6
  std::optional<std::uint16_t> tcp_port;  // none: no TCP; 0: the system chooses
  std::optional<std::uint16_t> udp_port;
  ServeWay way = ServeWay::threads;  // of the TCP clients, unless the conduct has its own
  ServeLog log;
};

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

}  // namespace wireproof
