#include <fmt/format.h>
#include <sys/wait.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

#include "catch.h"
#include "cli/options/command_line.h"
#include "machine/host/doctor.h"
#include "support/skip_test.h"

namespace wireproof {
namespace {

// A call that fails once in each process that makes it so often.
struct FailedCall {
  std::string_view name;
  std::string_view error;
  int count;  // the first, the second … up to this one
};

constexpr std::array kCalls{
    FailedCall{"clone", "EAGAIN", 2},     FailedCall{"clone3", "EAGAIN", 1},
    FailedCall{"connect", "EINTR", 2},    FailedCall{"dup2", "EMFILE", 4},
    FailedCall{"epoll_ctl", "ENOMEM", 8}, FailedCall{"eventfd2", "EMFILE", 3},
    FailedCall{"ioctl", "EIO", 8},        FailedCall{"kill", "EPERM", 2},
    FailedCall{"kill", "ESRCH", 2},       FailedCall{"recvfrom", "EINTR", 7},
    FailedCall{"sendto", "EAGAIN", 8},    FailedCall{"setpgid", "EPERM", 2},
    FailedCall{"socket", "EMFILE", 9},    FailedCall{"socketpair", "EMFILE", 1},
    FailedCall{"unshare", "ENOSPC", 1},   FailedCall{"waitid", "EINTR", 3},
    FailedCall{"write", "ENOSPC", 4},
};

constexpr int kPassed = 0;
constexpr int kCouldNotRun = 4;

// The program's exit code; that of timeout(1) where it waits for ever.
int run_with(const FailedCall& call, int number) {
  // A process that is traced cannot look for leaks.
  const std::string command = fmt::format(
      "ASAN_OPTIONS=detect_leaks=0 timeout -s KILL 60 strace -f -o /dev/null -e trace={0} "
      "-e inject={0}:error={1}:when={2} {3} run {4}/scenarios/echo-text/one-message.md -q "
      ">/dev/null 2>&1",
      call.name, call.error, number, quote_for_shell(WIREPROOF_PROGRAM),
      quote_for_shell(WIREPROOF_SOURCE_DIR));
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("a call that fails once makes no server fail, and nobody waits for ever", "[failed]") {
  if (!is_installed("strace")) return skip_test("strace is not installed");
  for (const FailedCall& call : kCalls) {
    for (int number = 1; number <= call.count; ++number) {
      INFO("call " << number << " of " << call.name << " fails with " << call.error);
      const int code = run_with(call, number);
      CHECK((code == kPassed || code == kCouldNotRun));
    }
  }
}

}  // namespace wireproof
