#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <thread>
#include <vector>

#include "base/system/process.h"
#include "machine/trace/trace_mailbox.h"

namespace wireproof {

// Runs programs under trace and tells their socket calls (calls.md), with those of every process
// and thread that they start. Neither root nor a change of the program is needed.
//
// A thread of its own does the tracing. It alone may wait for the traced processes: waitpid() of
// another thread would take their stops away from it.
class Tracer {
 public:
  static constexpr std::chrono::milliseconds kAttachLimit{5000};

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
  // SystemError where one may not be traced or has not stopped by the limit: this tracer is of no
  // use then, and its end lets go of what it had.
  void attach(const TraceTarget& target, const std::vector<pid_t>& processes,
              std::chrono::milliseconds limit = kAttachLimit);

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
