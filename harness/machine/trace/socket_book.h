#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "machine/trace/socket_probe.h"

namespace wireproof {

// A socket as long as anybody holds it. The id is never used again; the inode may be.
struct BookedSocket {
  std::uint64_t id = 0;
  SocketFacts facts;

  bool is_internet() const {
    return facts.kind == SocketKind::tcp || facts.kind == SocketKind::udp;
  }
};

// What an epoll instance waits for: by descriptor, as it was added.
struct EpollInterest {
  std::uint64_t socket = 0;
  std::uint32_t events = 0;
  std::uint64_t data = 0;  // what epoll_wait gives back
};
using EpollSet = std::map<int, EpollInterest>;

// Which descriptors of which processes name which sockets. Pure bookkeeping: it knows what it was
// told. A descriptor of which it was told nothing is unknown, not a file.
class SocketBook {
 public:
  using Id = std::uint64_t;  // 0: not a socket

  // A socket that was made just now, or one that is met by its inode.
  BookedSocket& create(const SocketFacts& facts);
  BookedSocket& meet(const SocketFacts& facts);
  BookedSocket& socket(Id id) { return sockets_.at(id); }
  const BookedSocket* find_inode(std::uint64_t inode) const;

  std::optional<Id> find(pid_t process, int descriptor) const;
  // From now on the descriptor names the socket; where it named another before, nothing is said.
  void hold(pid_t process, int descriptor, Id socket);
  void note_other(pid_t process, int descriptor);  // names something that is no socket
  // The descriptor names nothing any more. The socket that it named, or 0.
  Id release(pid_t process, int descriptor);

  // The processes that hold it, in the order of their ids.
  std::vector<std::int64_t> holders(Id id) const;
  std::vector<std::pair<int, Id>> held_by(pid_t process) const;  // by descriptor

  // The set of the instance that the descriptor names; made where none is known.
  std::shared_ptr<EpollSet> epoll(pid_t process, int descriptor);
  bool is_epoll(pid_t process, int descriptor) const;
  // A duplicate of a descriptor that names an epoll instance.
  void share_epoll(pid_t process, int descriptor, pid_t new_process, int new_descriptor);
  void share_epolls(pid_t parent, pid_t child);

  // CLONE_FILES: the other process has this one's table from now on, in which each changes what
  // the other holds, until one gets a copy of its own (it ends, or calls exec).
  void share_table(pid_t process, pid_t other);
  void unshare_table(pid_t process);

  // After exec: what is no socket is unknown again.
  void forget_others(pid_t process);
  void forget(pid_t process);

 private:
  struct Entry {
    Id socket = 0;
    std::shared_ptr<EpollSet> epoll;  // shared by its duplicates
  };
  using Table = std::map<int, Entry>;

  Table& table_of(pid_t process);
  const Table* find_table(pid_t process) const;
  const Entry* find_entry(pid_t process, int descriptor) const;
  // For all that have the process's table.
  void count_holders(Id id, pid_t process, int by);
  void count_holder(Id id, pid_t process, int by);

  Id last_id_ = 0;
  std::map<Id, BookedSocket> sockets_;
  std::map<std::uint64_t, Id> by_inode_;
  std::map<pid_t, std::shared_ptr<Table>> tables_;  // may be one for several
  std::map<Id, std::map<pid_t, int>> holders_;      // count of descriptors
};

}  // namespace wireproof
