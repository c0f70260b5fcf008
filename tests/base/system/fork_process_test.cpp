#include "base/system/fork_process.h"

#include <sys/wait.h>

#include "catch.h"

namespace wireproof {
namespace {

int exit_code_of(pid_t process) {
  int status = 0;
  REQUIRE(::waitpid(process, &status, 0) == process);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("a forked process ends with its body's result, and has its own memory", "[base]") {
  bool touched = false;
  const auto body = [&] {
    touched = true;
    return 3;
  };
  CHECK(exit_code_of(fork_process(body)) == 3);
  CHECK_FALSE(touched);
}

TEST_CASE("a process that is to execute a program borrows memory until then", "[base]") {
  volatile bool touched = false;
  const auto body = [&] {
    touched = true;
    return 3;
  };
  CHECK(exit_code_of(vfork_process(body)) == 3);
  CHECK(touched);
}

}  // namespace wireproof
