#pragma once

#include <sys/types.h>

#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "base/system/system_call.h"
#include "base/text/address.h"

namespace wireproof {

enum class SocketKind : std::uint8_t { tcp, udp, local, other };  // local: AF_UNIX

// What the kernel says of a socket. The inode is its identity, whatever descriptor names it.
struct SocketFacts {
  std::uint64_t inode = 0;
  SocketKind kind = SocketKind::other;
  bool nonblocking = false;
  std::optional<Endpoint> local;  // none: not bound
  std::optional<Endpoint> remote;
  bool inline_urgent = false;       // SO_OOBINLINE
  std::uint32_t segment_bytes = 0;  // UDP_SEGMENT; 0: a send is one datagram
};

// What decides how a close shows on the wire.
struct ClosingFacts {
  std::optional<std::uint64_t> unread_bytes;  // of a TCP connection
  std::optional<int> linger_seconds;          // where SO_LINGER is on
};

// An epoll instance: what was added to it, as it was added.
struct ListedEpoll {
  struct Interest {
    int descriptor = -1;
    std::uint32_t events = 0;
    std::uint64_t data = 0;
  };
  int descriptor = -1;
  std::vector<Interest> interests;
};

// Looks at the sockets of a traced process through pidfd_getfd (Linux 5.6), which duplicates a
// descriptor into this process for a moment. For the tracing thread, for which forks wait
// (no_fork_while): a child forked then would keep the duplicate, and with it a connection that
// everybody else has closed.
class SocketProbe {
 public:
  explicit SocketProbe(pid_t process);

  // Looks through this thread of the process from now on: an ended one has no descriptors any more,
  // also when it was the first.
  void follow(pid_t thread);
  pid_t thread() const { return thread_; }

  // Nothing where the descriptor names no socket, or the process is ending.
  std::optional<SocketFacts> look(int descriptor) const;
  ClosingFacts look_before_close(int descriptor) const;

  // Every descriptor of the process that names a socket, with its inode, from /proc.
  std::vector<std::pair<int, std::uint64_t>> list_sockets() const;
  std::vector<ListedEpoll> list_epolls() const;

 private:
  UniqueFd borrow(int descriptor) const;

  pid_t thread_;
  UniqueFd handle_;  // pidfd
};

}  // namespace wireproof
