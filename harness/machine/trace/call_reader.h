#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "machine/trace/socket_book.h"
#include "machine/trace/socket_probe.h"
#include "machine/trace/system_calls.h"
#include "machine/trace/tracee.h"
#include "packets/flow/socket_call.h"

namespace wireproof {

// A process under trace, whose calls count as `actor`'s.
struct TracedProcess {
  TracedProcess(pid_t process, std::string actor_name, Side actor_side)
      : id(process), actor(std::move(actor_name)), side(actor_side), probe(process) {}

  pid_t id;
  std::string actor;
  Side side;
  SocketProbe probe;
};

// A call that a thread is in.
struct OpenCall {
  const SystemCall* system_call = nullptr;
  pid_t thread = -1;  // through which memory is read: the process's first may have ended
  CallEntry entry;
  SocketCall call;
  bool logged = true;                // false: it matters only for what its descriptors name
  std::vector<SocketCall> releases;  // sockets that it closes besides: close_range, dup2
  std::shared_ptr<EpollSet> epoll;   // of epoll_wait
};

// What a stop tells: the calls of threads turned into SocketCall values, and into the book. The
// thread that is asked about is stopped meanwhile.
class CallReader {
 public:
  // What is logged is appended to `calls`, which outlive the reader.
  CallReader(SocketBook& book, std::vector<SocketCall>& calls) : book_(book), calls_(calls) {}

  // At an entry. Nothing when the exit tells nothing more: it needs no stop.
  std::optional<OpenCall> enter(const TracedProcess& process, pid_t thread, const CallEntry& entry,
                                Timestamp now);
  // At the exit: completes the call and logs it.
  void leave(const TracedProcess& process, OpenCall open, const CallExit& exit, Timestamp now);
  // The thread will never see the exit. Signal 0: it went by exit or exec.
  void abandon(OpenCall open, int signal);

  // The table of a process that was just forked. The place of its creation in the order of calls.
  std::uint64_t begin(const TracedProcess& process, const TracedProcess& parent);
  // The call by which a thread made a process. Told only where that has got copies of sockets.
  struct Creation {
    pid_t thread = 0;
    std::string_view name;  // "fork", "vfork", "clone"; static
    pid_t child = 0;
    std::uint64_t place = 0;  // in the order of calls
  };
  void note_fork(const TracedProcess& parent, const Creation& creation, Timestamp now);
  // The table of a process that ran already: sockets and epoll sets, as /proc tells them.
  void begin(const TracedProcess& process);
  // After an exec: closes in the book what the kernel closed.
  void check_after_exec(const TracedProcess& process, Timestamp now);
  // The process is about to let go of all it holds: one call per socket, for finish_end().
  std::vector<SocketCall> begin_end(const TracedProcess& process, Timestamp now);
  void finish_end(std::vector<SocketCall> calls, int wait_status, Timestamp now);

 private:
  SocketCall make_call(const TracedProcess& process, pid_t thread, std::string_view name,
                       Timestamp now);
  SocketBook::Id look_up(const TracedProcess& process, int descriptor);
  SocketBook::Id look_up_internet(const TracedProcess& process, int descriptor);
  void name_socket(SocketCall& call, SocketBook::Id socket, int descriptor) const;
  std::vector<WatchedSocket> held(std::vector<WatchedSocket> watched) const;
  void add_new_holds(const TracedProcess& process);
  SocketCall release(const TracedProcess& process, SocketCall call, int descriptor);

  bool enter_io(const TracedProcess& process, OpenCall& open);
  bool enter_message(const TracedProcess& process, OpenCall& open);
  bool enter_splice(const TracedProcess& process, OpenCall& open);
  bool enter_duplicate_to(const TracedProcess& process, OpenCall& open);
  bool enter_wait(const TracedProcess& process, OpenCall& open);
  bool enter_epoll_wait(const TracedProcess& process, OpenCall& open);
  void enter_epoll_control(const TracedProcess& process, const OpenCall& open);
  bool enter_close(const TracedProcess& process, OpenCall& open);
  bool enter_close_range(const TracedProcess& process, OpenCall& open);
  bool read_entry(const TracedProcess& process, OpenCall& open);

  void add_socket(const TracedProcess& process, OpenCall& open, int descriptor);
  void add_duplicate(const TracedProcess& process, OpenCall& open, int descriptor);
  void learn_addresses(const TracedProcess& process, SocketCall& call);
  void read_result(const TracedProcess& process, OpenCall& open, std::int64_t result);
  void read_peer(OpenCall& open) const;
  void read_messages(OpenCall& open) const;
  void read_rooms(OpenCall& open);
  void read_segments(OpenCall& open);
  void set_option(const OpenCall& open);
  std::vector<WatchedSocket> read_watched(const TracedProcess& process, const OpenCall& open,
                                          WaitMoment moment);
  void set_nonblocking(const OpenCall& open);

  SocketBook& book_;
  std::vector<SocketCall>& calls_;
  std::uint64_t last_order_ = 0;
};

}  // namespace wireproof
