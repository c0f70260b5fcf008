#include "machine/process/traced_child.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "base/system/system_call.h"
#include "machine/host/child_processes.h"
#include "machine/process/server_child.h"
#include "machine/process/shell_command.h"

namespace wireproof {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

constexpr Milliseconds kLookPause{1};

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

Pipe open_pipe() {
  std::array<int, 2> ends{};
  check_call(::pipe2(ends.data(), O_CLOEXEC), "open a pipe");
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// Nobody reads yet: a pipe that is smaller than usual must not be waited for.
void fill_pipe(int fd, const TracedLaunch& launch) {
  if (launch.input.empty()) return;
  check_call(::fcntl(fd, F_SETFL, O_NONBLOCK), "make a pipe non-blocking");
  const ssize_t size = ::write(fd, launch.input.data(), launch.input.size());
  if (size == static_cast<ssize_t>(launch.input.size())) return;
  throw std::runtime_error("the input of " + launch.name + ", " +
                           std::to_string(launch.input.size()) +
                           " bytes, does not fit into a pipe");
}

// Both ends stay away from the descriptors that the program gets.
[[noreturn]] void become_program(const TracedLaunch& launch, pid_t parent, int input, int output) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kCannotExecute);  // it ended before the line above
  reset_signals();
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  execute_command(launch.command, launch.folder);
}

}  // namespace

TracedChild::TracedChild(Tracer& tracer, const TracedLaunch& launch) : tracer_(tracer) {
  program_.name = launch.name;
  program_.side = launch.side;
  program_.command = launch.command;
  Pipe output = open_pipe();
  output_read_ = std::move(output.read);
  output_write_ = std::move(output.write);
  check_call(::fcntl(output_read_.get(), F_SETFL, O_NONBLOCK), "make a pipe non-blocking");
  Pipe input = open_pipe();
  fill_pipe(input.write.get(), launch);
  const pid_t parent = ::getpid();
  process_ = tracer_.start({launch.name, launch.side}, [&]() -> int {
    become_program(launch, parent, input.read.get(), output_write_.get());
  });
  ::setpgid(process_, process_);  // whoever comes first
  program_.process = process_;
  ended_ = open_process(process_);
}

TracedChild::~TracedChild() {
  ::kill(-process_, SIGKILL);
  ::kill(process_, SIGKILL);  // it may not have its group yet
  if (!ended_known_) tracer_.await_end(process_);
}

void TracedChild::take_end(int status) {
  ended_known_ = true;
  if (WIFEXITED(status)) program_.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) program_.signal = WTERMSIG(status);
}

bool TracedChild::has_ended() {
  if (ended_known_) return true;
  // The pidfd may tell it a moment before the tracer has taken note.
  pollfd entry{ended_.get(), POLLIN, 0};
  if (::poll(&entry, 1, 0) == 1) {
    take_end(tracer_.await_end(process_));
  }
  return ended_known_;
}

void TracedChild::drain_output() {
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t size = ::read(output_read_.get(), buffer.data(), buffer.size());
    if (size <= 0) return;
    const std::size_t room = kMaxServerOutput - program_.output.size();
    program_.output.append(buffer.data(), std::min(room, static_cast<std::size_t>(size)));
  }
}

bool TracedChild::is_gone() {
  return has_ended() && ::kill(-process_, 0) != 0;
}

bool TracedChild::await_gone(Milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  while (!is_gone()) {
    const auto left = std::chrono::ceil<Milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return false;
    // A group has no descriptor that tells its end.
    std::array<pollfd, 2> entries{pollfd{ended_known_ ? -1 : ended_.get(), POLLIN, 0},
                                  pollfd{output_read_.get(), POLLIN, 0}};
    const Milliseconds pause = ended_known_ ? kLookPause : left;
    const int ready = ::poll(entries.data(), entries.size(), static_cast<int>(pause.count()));
    if (ready < 0 && errno != EINTR) throw SystemError("wait for a program", errno);
    drain_output();
  }
  return true;
}

void TracedChild::stop(Milliseconds limit) {
  program_.stopped = !has_ended();
  for (const int signal : {SIGINT, SIGTERM}) {
    if (is_gone()) break;
    ::kill(-process_, signal);
    await_gone(limit);
  }
  ::kill(-process_, SIGKILL);  // the rest of the group, too
  if (!has_ended()) take_end(tracer_.await_end(process_));
  drain_output();
}

std::string TracedChild::render_end() const {
  if (!ended_known_) return "still runs";
  if (program_.exit_code) return "exited with code " + std::to_string(*program_.exit_code);
  return std::string("was ended by signal ") + ::strsignal(program_.signal);
}

}  // namespace wireproof
