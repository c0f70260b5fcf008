#include "base/system/process.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sys/signalfd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <optional>
#include <thread>

namespace wireproof {
namespace {

constexpr int kDone = 0;
constexpr int kRefused = 1;
// One that is killed from outside has shown nothing of what it was to try.
constexpr int kMostTries = 3;

int attempt(const std::function<std::string()>& body, int answer_fd) {
  int code = kDone;
  std::string text;
  try {
    text = body();
  } catch (const std::exception& error) {
    code = kRefused;
    text = error.what();
  }
  // The pipe takes so little at once; without its answer the code says enough.
  [[maybe_unused]] const ssize_t written =
      ::write(answer_fd, text.data(), std::min(text.size(), kMaxAttemptText));
  return code;
}

sigset_t stop_signals() {
  sigset_t stopping;
  sigemptyset(&stopping);
  sigaddset(&stopping, SIGINT);
  sigaddset(&stopping, SIGTERM);
  return stopping;
}

std::array<std::mutex, 3> side_threads;  // by SideThread

void hold_side_threads() {
  for (std::mutex& thread : side_threads) thread.lock();
}

void release_side_threads() {
  for (std::mutex& thread : side_threads) thread.unlock();
}

// The soft limit with which the program began; a value of the process, and so one for all of it.
std::optional<rlim_t>& usual_descriptor_limit() {
  static std::optional<rlim_t> usual;
  return usual;
}

}  // namespace

pid_t fork_process(const std::function<int()>& body) {
  const auto process = static_cast<pid_t>(check_call(::fork(), "fork a process"));
  if (process == 0) ::_exit(body());
  return process;
}

std::mutex& no_fork_while(SideThread thread) {
  static const int kRegistered =
      ::pthread_atfork(hold_side_threads, release_side_threads, release_side_threads);
  if (kRegistered != 0) throw SystemError("keep forks apart", kRegistered);
  return side_threads[static_cast<std::size_t>(thread)];
}

// The frame must outlive the child's use of it: the child never returns from here.
pid_t vfork_process(const std::function<int()>& body) {
  const std::lock_guard no_borrowed_descriptor(no_fork_while(SideThread::tracer));
  const pid_t process = ::vfork();
  if (process == 0) ::_exit(body());
  check_call(process, "fork a process");
  return process;
}

int await_process(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0) {
    if (errno != EINTR) throw SystemError("wait for a process", errno);
  }
  return status;
}

Attempt attempt_in_child(const std::function<std::string()>& body) {
  std::string text;
  for (int tries = 0; tries < kMostTries; ++tries) {
    Pipe answer = open_pipe();
    const pid_t child = fork_process([&] { return attempt(body, answer.write.get()); });
    answer.write.reset();
    // In one piece (PIPE_BUF); what the child has left behind may hold the pipe open.
    text.assign(kMaxAttemptText, '\0');
    const ssize_t size = read_some(answer.read.get(), text.data(), text.size());
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    const int status = await_process(child);
    if (WIFEXITED(status)) return {WEXITSTATUS(status) == kDone, text};
    text = "the process that was to try it " + render_process_end(read_wait_status(status));
  }
  return {false, text};
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  usual_descriptor_limit() = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  // Where it is refused the usual limit stays, and what runs into it says so.
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// A limit that a sandbox has set meanwhile is kept.
void restore_descriptor_limit() {
  rlimit limit{};
  const std::optional<rlim_t> usual = usual_descriptor_limit();
  if (!usual || ::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min(limit.rlim_cur, *usual);
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void fill_standard_descriptors() {
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(standard, F_GETFD) >= 0) continue;
    const int wrong_way = standard == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    // It gets the lowest number that is free, which is this one.
    static_cast<void>(::open("/dev/null", wrong_way));
  }
}

void unblock_signals() {
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

std::size_t count_processors() {
  return std::max(1U, std::thread::hardware_concurrency());
}

ProcessEnd read_wait_status(int status) {
  if (WIFEXITED(status)) return {ProcessEnd::Way::exited, WEXITSTATUS(status), ""};
  return {ProcessEnd::Way::signal, WTERMSIG(status), ""};
}

std::string render_process_end(const ProcessEnd& end) {
  switch (end.way) {
    case ProcessEnd::Way::exited:
      return "exited with code " + std::to_string(end.number);
    case ProcessEnd::Way::signal:
      return std::string("was ended by signal ") + ::strsignal(end.number);
    case ProcessEnd::Way::overrun:
      break;
  }
  return "was ended by the sandbox: it " + end.overrun;
}

StopSignals::StopSignals() {
  const sigset_t stopping = stop_signals();
  fd_ = check_descriptor(::signalfd(-1, &stopping, SFD_CLOEXEC | SFD_NONBLOCK),
                         "wait for the signals that stop a run");
  ::pthread_sigmask(SIG_BLOCK, &stopping, &before_);
}

StopSignals::~StopSignals() {
  // One that still waited would end the process as soon as it may come through again.
  while (take()) continue;
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool StopSignals::take() const {
  signalfd_siginfo signal{};
  return ::read(fd_.get(), &signal, sizeof signal) == sizeof signal;
}

StopsDeferred::StopsDeferred() {
  const sigset_t stopping = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &stopping, &before_);
}

StopsDeferred::~StopsDeferred() {
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

SignalsBlocked::SignalsBlocked() {
  sigset_t all;
  sigfillset(&all);
  sigdelset(&all, SIGCHLD);
  ::pthread_sigmask(SIG_SETMASK, &all, &before_);
}

SignalsBlocked::~SignalsBlocked() {
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace wireproof
