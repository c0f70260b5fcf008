#include "machine/process/server_child.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>

#include "machine/process/shell_command.h"

namespace wireproof {
namespace {

constexpr int kReadyFd = 3;
constexpr int kFirstOther = 10;  // above all descriptors with a fixed number

void place_descriptors(int output_fd, int ready_fd) {
  const int output = ::fcntl(output_fd, F_DUPFD, kFirstOther);
  const int ready = ready_fd >= 0 ? ::fcntl(ready_fd, F_DUPFD, kFirstOther) : -1;
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  if (ready >= 0) ::dup2(ready, kReadyFd);
  ::close_range(ready >= 0 ? kReadyFd + 1 : kReadyFd, ~0U, 0);
}

int serve(const ServerLaunch& launch) {
  try {
    ServerStart start = launch.start;
    start.ready_fd = kReadyFd;
    return launch.serve(start);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}

}  // namespace

void enter_sandbox(const Sandbox& sandbox, int output_fd) {
  try {
    sandbox.enter();
  } catch (const std::exception& error) {
    ::dprintf(output_fd, "%s\n", error.what());
    ::_exit(kCannotExecute);
  }
}

std::vector<std::string> environment_of(const Sandbox* sandbox) {
  return sandbox == nullptr ? std::vector<std::string>{} : Sandbox::environment();
}

bool has_lost_parent(pid_t parent) {
  constexpr pid_t kOutside = 0;  // of the pid namespace of a sandbox
  const pid_t now = ::getppid();
  return now != parent && now != kOutside;
}

void reset_signals() {
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE, SIGHUP, SIGCHLD}) ::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void become_server(const ServerLaunch& launch, const PreparedCommand* command, pid_t parent,
                   int output_fd, int ready_fd) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (has_lost_parent(parent)) ::_exit(kCannotExecute);  // before the line above
  if (launch.sandbox == nullptr) ::setpgid(0, 0);
  reset_signals();
  if (launch.sandbox != nullptr) enter_sandbox(*launch.sandbox, output_fd);
  place_descriptors(output_fd, ready_fd);
  if (command != nullptr) command->execute();
  const int code = serve(launch);
  std::cout.flush();
  std::fflush(nullptr);
  ::_exit(code);
}

}  // namespace wireproof
