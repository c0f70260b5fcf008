#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/system/process.h"
#include "base/system/system_call.h"
#include "packets/flow/socket_call.h"

namespace wireproof {

// Whose calls a traced process makes. Its children's are the same actor's.
struct TraceTarget {
  std::string actor;
  Side side = Side::client;
};

// A process that waits to be traced.
struct StartRequest {
  pid_t process = -1;
  TraceTarget target;
  bool done = false;
  int error_number = 0;
};

// Processes that run already and are to be traced. Shared, since who asks may give up waiting.
struct AttachRequest {
  std::vector<pid_t> processes;
  TraceTarget target;
  bool done = false;
  int error_number = 0;
};

// A call besides those of sockets that the system refused to a program, as it refuses them under
// trace or in a namespace of one user: setuid and its like, ptrace.
struct RefusedCall {
  std::string actor;
  std::string name;
  std::int64_t process = 0;
  int error_number = 0;

  bool operator==(const RefusedCall&) const = default;
};

// What happened since it was asked last. Calls are in the order of their ends: sort them by
// `order` to have them as they were entered.
struct TraceBatch {
  std::vector<SocketCall> calls;
  std::vector<std::string> notes;  // what could not be traced, and why; for the user
  std::vector<RefusedCall> refusals;
  std::uint64_t lost_calls = 0;  // that came when kMostWaitingCalls waited to be taken
};
// Adds what a later batch holds.
void add_batch(TraceBatch later, TraceBatch& batch);

// A program in an endless loop makes a million calls a second: what nobody takes does not grow.
constexpr std::size_t kMostWaitingCalls = 50000;

// What the tracing thread and the others have in common. Guarded by `mutex`.
struct TraceMailbox {
  std::mutex mutex;
  std::condition_variable changed;

  // To the tracing thread, which looks here when its bell rings.
  std::vector<StartRequest*> starts;  // their owners wait for `done`
  std::vector<std::shared_ptr<AttachRequest>> attaches;
  std::uint64_t syncs_asked = 0;
  bool stop = false;

  // From it.
  pid_t bell = -1;       // a signal to this process makes the tracing thread look here
  int error_number = 0;  // why it could not begin
  bool ended = false;    // nothing is traced any more
  std::string failure;   // why it ended before it was asked to
  std::uint64_t syncs_done = 0;
  TraceBatch batch;
  std::vector<SocketCall> open_calls;  // as of the last sync
  std::map<pid_t, int> end_statuses;   // as of wait(2)
  UniqueFd readable;                   // eventfd: the batch is not empty
};

// Runs programs under trace and tells their socket calls (calls.md), with those of every process
// and thread that they start. Neither root nor a change of the program is needed.
//
// A thread of its own does the tracing. It alone may wait for the traced processes: waitpid() of
// another thread would take their stops away from it.
class Tracer {
 public:
  // Throws SystemError where tracing is forbidden.
  Tracer();
  // Kills whatever it started and is still traced, and returns when it is gone. What it was
  // attached to is let go of and lives on; so it is when this process is killed.
  ~Tracer();
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;

  // Forks by `fork`; the child runs `body` under trace and ends with its result as
  // exit code. As after any fork of a process with threads, body should exec soon or use what does
  // not lock. Throws SystemError.
  pid_t start(const TraceTarget& target, const std::function<int()>& body,
              const Fork& fork = fork_process);

  // Traces processes that run already, with all their threads and what they start from now on.
  // Returns once each thread is traced; the call that one was in counts as entered now. Throws
  // SystemError where one may not be traced or has not stopped within five seconds: this tracer is
  // of no use then, and its end lets go of what it had.
  void attach(const TraceTarget& target, const std::vector<pid_t>& processes);

  // Readable when take() has something: for an event loop.
  int readable_fd() const { return mailbox_.readable.get(); }
  TraceBatch take();
  // What every call that has ended by now did is in take(); the calls that are still open. Throws
  // std::runtime_error where the tracing has failed: what take() gives is not all then.
  std::vector<SocketCall> sync();

  // Waits for the end of a process; its status of wait(2).
  int await_end(pid_t process);

 private:
  void ring();

  TraceMailbox mailbox_;
  std::thread thread_;
};

// In the order of their entries, with those that were still open when they were asked for
// (Tracer::sync), but for those that have ended since.
void add_open_calls(std::vector<SocketCall>& calls, std::vector<SocketCall> open);

}  // namespace wireproof
