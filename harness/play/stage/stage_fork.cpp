#include "play/stage/stage_fork.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <exception>

#include "base/system/system_call.h"

namespace wireproof {
namespace {

constexpr int kLinkFd = 3;

// The forked process: never returns.
[[noreturn]] void become_stage(const std::function<void(const UniqueFd& link)>& body, pid_t parent,
                               int link_fd) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it ended before the line above
  // Ctrl-C is the main process's affair; what it blocked is none of ours.
  ::signal(SIGINT, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  // Descriptors of other stages must not live on in this one.
  if (link_fd != kLinkFd) ::dup2(link_fd, kLinkFd);
  ::close_range(kLinkFd + 1, ~0U, 0);
  const UniqueFd link(kLinkFd);
  int code = 0;
  try {
    body(link);
  } catch (const std::exception&) {
    code = 1;  // the main process is gone, or says that no result came
  }
  // Not exit(): what the main process registered or buffered is not ours to end.
  ::_exit(code);
}

}  // namespace

ForkedStage fork_stage(const std::function<void(const UniqueFd& link)>& body) {
  std::array<int, 2> ends{};
  check_call(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()),
             "open a stage's link");
  ForkedStage forked;
  forked.link.reset(ends[0]);
  const UniqueFd other(ends[1]);
  std::fflush(nullptr);  // else the child holds a copy of what is buffered
  const pid_t parent = ::getpid();
  forked.process = static_cast<pid_t>(check_call(::fork(), "fork a stage"));
  if (forked.process == 0) become_stage(body, parent, other.get());
  ::setpgid(forked.process, forked.process);  // whoever comes first
  return forked;
}

}  // namespace wireproof
