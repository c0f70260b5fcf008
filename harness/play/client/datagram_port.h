#pragma once

#include <sys/types.h>

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "base/text/address.h"
#include "base/text/bytes.h"

namespace wireproof {

// What waits at a UDP port that has one socket for all its clients: datagrams by who sent them, and
// whose clients they are. The descriptors are of that socket; nothing here blocks. More than
// kMostWaitingBytes stay with the kernel. Throws SystemError on what no client can cause.
class DatagramPort {
 public:
  // The first datagram of that client, taken out; nothing: none has come.
  std::optional<Bytes> take(int fd, const Endpoint& client);
  // As recv() with MSG_PEEK: -1 and EAGAIN where none has come.
  ssize_t peek(int fd, const Endpoint& client, Bytes& waiting);
  // Whose first datagram is of nobody's client; it is the caller's from here on, until it leaves.
  std::optional<Endpoint> accept(int fd);
  void leave(const Endpoint& client) { accepted_.erase(client); }

  // Whoever waits for the descriptor is called when another one has taken datagrams out of the
  // kernel: the descriptor may never tell of them. Until it stops waiting; `who` is only a key.
  void start_waiting(const void* who, std::function<void()> wake) {
    waiters_[who] = std::move(wake);
  }
  void stop_waiting(const void* who) { waiters_.erase(who); }

  static constexpr std::size_t kMostWaitingBytes = std::size_t{16} << 20;

 private:
  struct Waiting {
    Endpoint client;
    Bytes bytes;
  };
  // An empty one takes memory as well.
  static std::size_t kept_size(const Waiting& one) { return sizeof one + one.bytes.size(); }

  void fill(int fd);
  void take_from_kernel(int fd);
  std::deque<Waiting>::iterator find(int fd, const Endpoint& client);

  std::deque<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::set<Endpoint> accepted_;
  std::map<const void*, std::function<void()>> waiters_;
};

}  // namespace wireproof
