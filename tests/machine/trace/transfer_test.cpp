#include <sys/socket.h>

#include "catch.h"
#include "machine/trace/traced_run.h"

namespace wireproof {

TEST_CASE("every way to send and receive tells its count of bytes", "[trace]") {
  TracedRun run;
  const pid_t process = run.start("client", {"transfer"});
  const std::vector<SocketCall> calls = run.end(process);
  CHECK(run.exit_code(process) == 0);
  const std::vector<std::string> lines = render_calls(calls);
  const std::vector<std::string> expected{"writev 7",   "sendmsg 7", "write 2", "sendfile 11",
                                          "sendmmsg 2", "recv 5",    "recv 5",  "readv 7",
                                          "read 4",     "close 0",   "close 0"};
  REQUIRE(lines.size() > expected.size());
  CHECK(std::vector(lines.end() - static_cast<std::ptrdiff_t>(expected.size()), lines.end()) ==
        expected);
  CHECK(calls_named(calls, "sendmmsg").at(0).message_sizes == std::vector<std::uint64_t>{7, 7});
}

TEST_CASE("a call that only peeks says so", "[trace]") {
  TracedRun run;
  const std::vector<SocketCall> receives =
      calls_named(run.end(run.start("client", {"transfer"})), "recv");
  REQUIRE(receives.size() == 2);
  CHECK(peeks(receives.at(0)));
  CHECK_FALSE(peeks(receives.at(1)));
}

TEST_CASE("splice tells which way the bytes went", "[trace]") {
  TracedRun run;
  const std::vector<SocketCall> calls = run.end(run.start("client", {"splice"}));
  const std::vector<SocketCall> splices = calls_named(calls, "splice");
  REQUIRE(splices.size() == 2);
  CHECK(splices.at(0).result == 5);
  CHECK_FALSE(splices.at(0).incoming);
  CHECK(splices.at(0).socket == calls_named(calls, "connect").at(0).socket);
  CHECK(splices.at(1).incoming);
  CHECK(splices.at(1).socket == calls_named(calls, "accept").at(0).new_socket);
}

}  // namespace wireproof
