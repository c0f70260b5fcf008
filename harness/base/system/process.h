#pragma once

#include <sys/types.h>

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "base/system/system_call.h"

namespace wireproof {

// The exit code of a process that could not execute its program, as the shell says it.
constexpr int kCannotExecute = 127;

// Makes a child process that runs the body and ends with its result as exit code; its id. Throws
// SystemError.
using Fork = std::function<pid_t(const std::function<int()>& body)>;

pid_t fork_process(const std::function<int()>& body);

// For a body that executes a program, which most of the price of fork() is wasted on (vfork(2)):
// until then the child uses this process's memory, and this thread waits for it. What the body
// leaves in memory stays; descriptors, folder, signals, limits and namespaces are the child's own.
pid_t vfork_process(const std::function<int()>& body);

// Threads that work beside the one that forks, which waits for whoever holds the lock of one: what
// the child inherits, the allocator first of all, is not then in the hands of a thread that the
// child has not (the address sanitizer's allocator stays locked for ever), and no descriptor that
// the tracer has borrowed goes with it. In the order in which a fork waits for them: what keeps it
// from the second must not hold up the first, whose lateness says that the machine stood still.
enum class SideThread : std::uint8_t { tracer, stall_watch, path };

// Of this process. Not for a thread that forks while it holds it.
std::mutex& no_fork_while(SideThread thread);

// Waits until a child has ended, whatever signals come; its wait status. Throws SystemError.
int await_process(pid_t process);

// What came of something tried in a child process.
struct Attempt {
  bool done = false;
  std::string text;  // what the attempt returned; where it threw, what it said

  bool operator==(const Attempt&) const = default;
};

// Runs `body` in a forked child, thrice at most if signals end it, for what changes a process for
// good. Throws SystemError only when there can be no child. Text is cut at kMaxAttemptText bytes.
Attempt attempt_in_child(const std::function<std::string()>& body);
constexpr std::size_t kMaxAttemptText = 4096;

// Lets this process have as many descriptors as the system allows it, once, when the program
// begins: the usual limit is made for select() and too small for a thousand clients. A program that
// is started gets the usual one back by restore_descriptor_limit(), called between fork and exec:
// it may use select(), or go through all that it could have.
void raise_descriptor_limit();
void restore_descriptor_limit();

// Standard input, output and error that the program was started without: /dev/null takes their
// numbers, so that no other file gets them. Reading and writing fails as it would have (EBADF).
void fill_standard_descriptors();

// All of them come through to this thread again: for a child, which has inherited what was blocked.
void unblock_signals();

// At least 1.
std::size_t count_processors();

// How a process ended.
struct ProcessEnd {
  enum class Way : std::uint8_t {
    exited,   // by itself: `number` is its exit code
    signal,   // `number` is the signal
    overrun,  // its sandbox ended it: `overrun` says why
  };

  Way way = Way::exited;
  int number = 0;
  std::string overrun;  // "had more than 256 processes"

  bool operator==(const ProcessEnd&) const = default;
};

// Of a status of wait(2).
ProcessEnd read_wait_status(int status);

// "exited with code 3", "was ended by signal Killed", "was ended by the sandbox: it had …".
std::string render_process_end(const ProcessEnd& end);

// While it lives, SIGINT and SIGTERM do not end the process but wait on a descriptor, also those
// that came before anybody looks; what waits at its end is dropped. They are held back for this
// thread and those it starts. What a forked process has inherited does not matter: a handler of the
// parent does not run, and Linux keeps a blocked signal even where its action is to ignore it.
class StopSignals {
 public:
  // Throws SystemError.
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // Readable once one of them has come.
  int fd() const { return fd_.get(); }
  // Takes one that has come; false when none has.
  bool take() const;

 private:
  sigset_t before_{};
  UniqueFd fd_;
};

// While it lives, SIGINT and SIGTERM wait for this thread, and come through at its end: around work
// that must not be left half done. A StopSignals that lives meanwhile takes them.
class StopsDeferred {
 public:
  StopsDeferred();
  ~StopsDeferred();
  StopsDeferred(const StopsDeferred&) = delete;
  StopsDeferred& operator=(const StopsDeferred&) = delete;

 private:
  sigset_t before_{};
};

// While it lives, writing where nobody reads any more is an error (EPIPE), not the end of the
// process. A program that is started does not inherit it (machine/process/program.h).
class IgnoredSigpipe {
 public:
  IgnoredSigpipe() : before_(std::signal(SIGPIPE, SIG_IGN)) {}
  ~IgnoredSigpipe() { std::signal(SIGPIPE, before_); }
  IgnoredSigpipe(const IgnoredSigpipe&) = delete;
  IgnoredSigpipe& operator=(const IgnoredSigpipe&) = delete;

 private:
  void (*before_)(int);
};

// While it lives, a thread that is started is nobody's to interrupt: signals to the process go to
// the other threads. All but SIGCHLD: each stop of a tracee sends it to the tracing thread, and the
// kernel forgets at once what nobody handles unless that thread blocks it (kernel/signal.c,
// sig_ignored). Blocked, it would go to another thread and interrupt that one at every stop.
class SignalsBlocked {
 public:
  SignalsBlocked();
  ~SignalsBlocked();
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace wireproof
