#include <sys/socket.h>

#include <cerrno>

#include "catch.h"
#include "machine/trace/traced_run.h"

namespace wireproof {
namespace {

using Sizes = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("children that ask not to be traced are traced all the same", "[trace]") {
  TracedRun run;
  const pid_t process = run.start("client", {"start-untraced"});
  const std::vector<SocketCall> sends = calls_named(run.end(process), "send");
  CHECK(run.exit_code(process) == 0);
  REQUIRE(sends.size() == 2);
  for (const SocketCall& send : sends) {
    CHECK(send.result == 2);
    CHECK(send.process != process);
  }
}

TEST_CASE("a multipath socket counts as TCP", "[trace]") {
  TracedRun run;
  const pid_t process = run.start("server", {"multipath"});
  const std::vector<SocketCall> calls = run.end(process);
  if (run.exit_code(process) == 77) {
    WARN("skipped: this kernel has no MPTCP");
    return;
  }
  REQUIRE(run.exit_code(process) == 0);
  REQUIRE(calls_named(calls, "listen").size() == 1);
  const SocketCall accept = calls_named(calls, "accept").at(0);
  CHECK(accept.local == calls_named(calls, "listen").at(0).local);
  CHECK(accept.remote == calls_named(calls, "send").at(0).local);
  CHECK(calls_named(calls, "recv").at(0).socket == accept.new_socket);
}

TEST_CASE("a send that opens its connection has both ends", "[trace]") {
  TracedRun run;
  const pid_t process = run.start("client", {"open-by-send"});
  const std::vector<SocketCall> calls = run.end(process);
  REQUIRE(run.exit_code(process) == 0);
  const SocketCall send = calls_named(calls, "sendto").at(0);
  const SocketCall accept = calls_named(calls, "accept").at(0);
  CHECK((send.flags & static_cast<std::uint32_t>(MSG_FASTOPEN)) != 0);
  CHECK(send.local == accept.remote);
  CHECK(send.remote == accept.local);
}

TEST_CASE("a receive call on a UDP socket tells the room of each message", "[trace]") {
  TracedRun run;
  const pid_t process = run.start("client", {"receive-datagrams"});
  const std::vector<SocketCall> calls = run.end(process);
  REQUIRE(run.exit_code(process) == 0);
  CHECK(calls_named(calls, "recv").at(0).message_rooms == Sizes{4});
  CHECK(calls_named(calls, "read").at(0).message_rooms == Sizes{5});
  const SocketCall message = calls_named(calls, "recvmsg").at(0);
  CHECK(message.message_rooms == Sizes{6});
  CHECK(message.result == 8);  // MSG_TRUNC: of the datagram, not of the buffer
  const SocketCall several = calls_named(calls, "recvmmsg").at(0);
  CHECK(several.message_rooms == Sizes{2, 4});
  CHECK(several.message_sizes == Sizes{2, 4});
  REQUIRE(several.message_peers.size() == 2);
  CHECK(several.message_peers.at(1) == calls_named(calls, "send").at(0).local);
}

TEST_CASE("a send with UDP_SEGMENT tells the datagrams that it became", "[trace]") {
  TracedRun run;
  const pid_t process = run.start("client", {"send-segments"});
  const std::vector<SocketCall> calls = run.end(process);
  REQUIRE(run.exit_code(process) == 0);
  const std::vector<SocketCall> sends = calls_named(calls, "send");
  REQUIRE(sends.size() == 2);
  CHECK(sends.at(0).message_sizes == Sizes{3, 3, 1});
  CHECK(sends.at(1).message_sizes.empty());
  CHECK(calls_named(calls, "sendmsg").at(0).message_sizes == Sizes{2, 2, 1});
  const std::vector<SocketCall> options = calls_named(calls, "setsockopt");
  REQUIRE(options.size() == 2);
  CHECK(options.at(0).option == "UDP_SEGMENT");
  CHECK(options.at(0).option_value == 3);
  CHECK(options.at(0).udp);
}

TEST_CASE("a call after SO_OOBINLINE tells that urgent bytes are in its stream", "[trace]") {
  TracedRun run;
  const pid_t process = run.start("client", {"read-urgent-inline"});
  const std::vector<SocketCall> calls = run.end(process);
  REQUIRE(run.exit_code(process) == 0);
  CHECK_FALSE(calls_named(calls, "send").at(0).inline_urgent);
  CHECK(calls_named(calls, "recv").at(0).inline_urgent);
}

TEST_CASE("a second tracer is refused, and that is told", "[trace]") {
  TracedRun run;
  const pid_t process = run.start("client", {"ask-for-tracer"});
  CHECK(run.exit_code(process) == 0);
  const std::vector<RefusedCall> refusals = run.tracer().take().refusals;
  REQUIRE(refusals.size() == 1);
  CHECK(refusals.front() == RefusedCall{"client", "ptrace", process, EPERM});
}

}  // namespace wireproof
