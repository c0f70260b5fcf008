#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/unique_fd.h"
#include "servers/connection.h"
#include "servers/protocol.h"

namespace wireproof {

enum class ClientOrder : std::uint8_t { at_once, one_by_one };

struct ListenOptions {
  std::string host = "127.0.0.1";         // name or address, IPv4 or IPv6
  std::optional<std::uint16_t> tcp_port;  // none: no TCP; 0: the system chooses
  std::optional<std::uint16_t> udp_port;
  ClientOrder clients = ClientOrder::at_once;
  ServeLog log;
};

// Serves from its construction to its end, with blocking calls as a lab server makes them: a
// thread in accept(), one in recv() for every client (or all clients in the accepting thread, one
// by one), one in recvfrom(). The threads inherit the creator's signal mask. Throws SystemError
// naming the attempt ("bind 127.0.0.1:12345: address already in use").
//
// It stops by shutdown() of the sockets, which wakes every thread that waits in one; a close()
// would not. All sockets are closed when the destructor returns.
class Listener {
 public:
  Listener(Service service, ListenOptions options);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::uint16_t tcp_port() const { return tcp_port_; }  // 0: no TCP
  std::uint16_t udp_port() const { return udp_port_; }

 private:
  struct Client {
    UniqueFd fd;
    std::jthread thread;
    bool ended = false;
  };

  void open_sockets();
  void accept_clients();
  bool wait_for_room();
  void wait_after_failed_accept();
  void start_client(UniqueFd fd, const std::string& peer);
  void serve_client(Client& client, const std::string& peer);
  void reap_ended_clients();
  void answer_datagrams();
  bool stopping() const;

  const Service service_;
  const ListenOptions options_;
  UniqueFd tcp_fd_;
  UniqueFd udp_fd_;
  std::uint16_t tcp_port_ = 0;
  std::uint16_t udp_port_ = 0;

  mutable std::mutex mutex_;  // guards all below
  std::condition_variable client_ended_;
  std::list<Client> clients_;
  bool stopping_ = false;

  std::jthread accepting_;
  std::jthread answering_;
};

}  // namespace wireproof
