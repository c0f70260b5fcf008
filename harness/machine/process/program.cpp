#include "machine/process/program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include "base/system/deadline.h"
#include "base/system/proc.h"
#include "machine/host/child_processes.h"
#include "machine/process/shell_command.h"

namespace wireproof {
namespace {

using Milliseconds = std::chrono::milliseconds;

// All that the child needs, made before the fork: a child that borrows its parent's memory
// (vfork_process) makes system calls only.
struct ChildPlan {
  pid_t parent = -1;
  UniqueFd input;
  UniqueFd output;
  UniqueFd ready;
  bool is_terminal = false;
  const Sandbox* sandbox = nullptr;
  const PreparedCommand* command = nullptr;  // null: `serve`
  const std::function<int()>* serve = nullptr;
};

// A duplicate above all numbers that are given to a program: there, one would take another's place.
UniqueFd above_fixed(int fd) {
  return check_descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, kReadyFd + 1), "duplicate a descriptor");
}

bool has_lost_parent(pid_t parent) {
  constexpr pid_t kOutside = 0;  // of the pid namespace of a sandbox
  const pid_t now = ::getppid();
  return now != parent && now != kOutside;
}

// As a program finds them that a shell starts.
void reset_signals() {
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE, SIGHUP, SIGCHLD}) ::signal(signal, SIG_DFL);
  unblock_signals();
}

[[noreturn]] void refuse_child(const ChildPlan& plan, const char* attempt) {
  say_error(plan.output.get(), attempt, errno);
  ::_exit(kCannotExecute);
}

void place_descriptor(const ChildPlan& plan, const UniqueFd& from, int to) {
  if (::dup2(from.get(), to) < 0) refuse_child(plan, "give the program its descriptors");
}

[[noreturn]] void become_program(const ChildPlan& plan) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (has_lost_parent(plan.parent)) ::_exit(kCannotExecute);  // before the line above
  reset_signals();
  if (plan.sandbox != nullptr) {
    plan.sandbox->hand_over(plan.input.get());
    plan.sandbox->hand_over(plan.output.get());
    if (const char* refused = plan.sandbox->enter()) refuse_child(plan, refused);
  } else if (plan.is_terminal) {
    // Not its controlling terminal: the kernel hangs that up when the program ends, and drops what
    // was written last.
    ::setsid();
  } else {
    ::setpgid(0, 0);
  }
  place_descriptor(plan, plan.input, STDIN_FILENO);
  place_descriptor(plan, plan.output, STDOUT_FILENO);
  place_descriptor(plan, plan.output, STDERR_FILENO);
  if (plan.ready) place_descriptor(plan, plan.ready, kReadyFd);
  ::close_range(plan.ready ? kReadyFd + 1 : kReadyFd, ~0U, 0);
  if (plan.command != nullptr) plan.command->execute();
  ::_exit((*plan.serve)());
}

// Under trace always by a fork: a traced child waits until this process has told the tracer of it,
// and so must not hold it up.
pid_t fork_program(const ProgramLaunch& launch, const ChildPlan& plan) {
  const bool by_vfork = plan.command != nullptr && launch.tracer == nullptr;
  const Fork fork = by_vfork ? vfork_process : fork_process;
  const Fork here = [&](const std::function<int()>& child) {
    return launch.sandbox == nullptr ? fork(child) : launch.sandbox->start(fork, child);
  };
  const auto body = [&plan]() -> int { become_program(plan); };
  std::fflush(nullptr);  // else the child holds a copy of what is buffered
  return launch.tracer == nullptr ? here(body) : launch.tracer->start(launch.actor, body, here);
}

}  // namespace

// By the other constructor: once that has returned, whatever fails here ends what was forked.
Program::Program(const ProgramLaunch& launch, ProgramStreams& streams)
    : Program(launch.tracer, launch.sandbox, streams) {
  ChildPlan plan;
  plan.parent = ::getpid();
  plan.input = above_fixed(streams.program_input());
  plan.output = above_fixed(streams.program_output());
  if (launch.ready_fd >= 0) plan.ready = above_fixed(launch.ready_fd);
  plan.is_terminal = streams.is_terminal();
  plan.sandbox = launch.sandbox;
  std::optional<PreparedCommand> command;
  if (launch.serve) {
    plan.serve = &launch.serve;
  } else {
    std::vector<std::string> environment = launch.environment;
    if (launch.sandbox != nullptr) {
      const std::vector<std::string> inside = launch.sandbox->environment();
      environment.insert(environment.end(), inside.begin(), inside.end());
    }
    command.emplace(launch.command, launch.folder, std::move(environment));
    plan.command = &*command;
  }
  process_ = fork_program(launch, plan);
  if (!plan.is_terminal && launch.sandbox == nullptr) {
    ::setpgid(process_, process_);  // whoever comes first
  }
  ended_ = open_process(process_);
  streams.have_started();
}

bool Program::has_ended() {
  if (!end_ && is_readable(ended_.get())) take_end();
  return end_.has_value();
}

// Returns when it has ended. Without a tracer it stays a process that has ended, with its id.
void Program::take_end() {
  if (tracer_ != nullptr) {
    end_ = read_wait_status(tracer_->await_end(process_));
    return;
  }
  siginfo_t state{};
  while (::waitid(P_PID, static_cast<id_t>(process_), &state, WEXITED | WNOWAIT) != 0) {
    if (errno == EINTR) continue;
    end_ = ProcessEnd{ProcessEnd::Way::signal, SIGKILL, ""};  // somebody else waited for it
    return;
  }
  const bool exited = state.si_code == CLD_EXITED;
  end_ =
      ProcessEnd{exited ? ProcessEnd::Way::exited : ProcessEnd::Way::signal, state.si_status, ""};
}

std::optional<ProcessEnd> Program::how_ended() {
  if (!has_ended()) return std::nullopt;
  const bool is_killed = end_->way == ProcessEnd::Way::signal;
  if (!is_killed || sandbox_ == nullptr || sandbox_->overrun().empty()) return end_;
  return ProcessEnd{ProcessEnd::Way::overrun, 0, sandbox_->overrun()};
}

void Program::wait(Milliseconds limit, int also) {
  if (has_ended()) return streams_.drain();
  std::array<pollfd, 3> entries{pollfd{ended_.get(), POLLIN, 0},
                                pollfd{streams_.has_ended() ? -1 : streams_.fd(), POLLIN, 0},
                                pollfd{also, POLLIN, 0}};
  await_any(entries, Deadline(limit), "wait for a program");
  streams_.drain();
}

bool Program::await_end(Milliseconds limit) {
  const Deadline deadline(limit);
  while (!has_ended()) {
    if (deadline.is_over()) return false;
    wait(std::chrono::ceil<Milliseconds>(deadline.left()));
  }
  return true;
}

// Whether one of our descendants is in the group, and runs.
bool Program::has_group() const {
  const std::vector<pid_t> ours = descendant_processes(::getpid());
  return std::ranges::any_of(ours, [this](pid_t process) {
    if (process == process_ || ::getpgid(process) != process_) return false;
    const auto stat = read_process_stat(process);
    return stat && stat->state != 'Z';
  });
}

void Program::signal_group(int signal) {
  if (is_over_ || process_ <= 0) return;
  const bool is_ours = tracer_ == nullptr || !has_ended() || has_group();
  const bool found = is_ours && ::kill(-process_, signal) == 0;
  // A program makes its group only a moment after the fork, and may leave it.
  if (found && signal != SIGKILL) return;
  if (ended_) {
    ::syscall(SYS_pidfd_send_signal, ended_.get(), signal, nullptr, 0);
  } else {
    ::kill(process_, signal);
  }
}

bool Program::await_group_end(Milliseconds limit) {
  const Deadline deadline(limit);
  if (!await_end(limit)) return false;
  // A group has no descriptor that tells its end.
  return look_until(deadline, [this] {
    streams_.drain();
    return !has_group();
  });
}

void Program::stop_group(Milliseconds limit) {
  for (const int signal : {SIGINT, SIGTERM}) {
    if (has_ended() && !has_group()) break;
    signal_group(signal);
    if (await_group_end(limit)) break;
  }
  end();
}

void Program::end() {
  if (is_over_ || process_ <= 0) return;
  signal_group(SIGKILL);
  if (!end_) take_end();
  if (tracer_ == nullptr) {
    while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) continue;
  }
  is_over_ = true;
  streams_.drain();
}

}  // namespace wireproof
