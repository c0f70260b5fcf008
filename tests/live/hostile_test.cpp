#include <sys/wait.h>

#include <cstdlib>
#include <string>

#include "catch.h"
#include "cli/options/command_line.h"
#include "machine/host/doctor.h"
#include "support/skip_test.h"

namespace wireproof {

// What the programs do and what may not be left behind is in tests/hostile.
TEST_CASE("a hostile program gets its verdict in time and leaves nothing behind", "[hostile]") {
  if (!is_installed("python3")) return skip_test("python3 is not installed");
  const std::string script = std::string(WIREPROOF_SOURCE_DIR) + "/tests/hostile/runs.py";
  // A guard against a play without end: with sanitizers, on a machine that does other work, the
  // minute that the script allows a release build is not enough for 200 forks.
  const std::string command =
      "python3 -B " + quote_for_shell(script) + " 1 " + quote_for_shell(WIREPROOF_PROGRAM) + " 400";
  const int status = std::system(command.c_str());
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

}  // namespace wireproof
