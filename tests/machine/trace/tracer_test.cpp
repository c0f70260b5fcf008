#include "machine/trace/tracer.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>

#include "base/system/process.h"
#include "base/system/system_call.h"
#include "catch.h"
#include "machine/trace/traced_run.h"
#include "support/skip_test.h"

namespace wireproof {

namespace {

using Lines = std::vector<std::string>;

const Lines kServeOne{"socket -> a descriptor",
                      "bind 0",
                      "listen 0",
                      "accept -> a descriptor",
                      "recv 5",
                      "send 5",
                      "recv 0",
                      "close 0",
                      "close 0"};
const Lines kAsk{
    "socket -> a descriptor", "connect 0", "send 5", "recv 5", "shutdown 0", "recv 0", "close 0"};

}  // namespace

TEST_CASE("each socket call of a server and a client is told once, with its result", "[trace]") {
  TracedRun run;
  const pid_t server = run.start("server", {"serve-one"});
  const std::string port = run.read_line();
  const pid_t client = run.start("client", {"ask", port});
  run.end(client);
  const std::vector<SocketCall> calls = run.end(server);
  CHECK(run.exit_code(server) == 0);
  CHECK(run.exit_code(client) == 0);
  CHECK(render_calls(calls, "server") == kServeOne);
  CHECK(render_calls(calls, "client") == kAsk);
  for (const SocketCall& call : calls) {
    const bool of_server = call.actor == "server";
    CHECK(call.side == (of_server ? Side::server : Side::client));
    CHECK(call.process == (of_server ? server : client));
    CHECK(call.thread == call.process);
    REQUIRE(call.returned);
    CHECK(call.entered <= *call.returned);
  }
}

TEST_CASE("a call knows both ends of its connection, an accept those of the new one", "[trace]") {
  TracedRun run;
  const pid_t server = run.start("server", {"serve-one"});
  const std::string port = run.read_line();
  const pid_t client = run.start("client", {"ask", port});
  run.end(client);
  const std::vector<SocketCall> calls = run.end(server);
  const auto address = parse_endpoint("127.0.0.1:" + port);
  const SocketCall accept = calls_named(calls, "accept").at(0);
  const SocketCall connect = calls_named(calls, "connect").at(0);
  CHECK(accept.local == address);
  CHECK(connect.remote == address);
  REQUIRE(accept.remote);
  CHECK(accept.remote == connect.local);
  for (const SocketCall& call : calls_named(calls, "recv")) {
    CHECK((call.actor == "server" ? call.local : call.remote) == address);
    CHECK((call.actor == "server" ? call.remote : call.local) == accept.remote);
    CHECK(call.socket == (call.actor == "server" ? accept.new_socket : connect.socket));
  }
  CHECK(accept.socket == calls_named(calls, "listen").at(0).socket);
}

// Where the allocator looks after forks itself, as glibc's does, this holds anyway.
TEST_CASE("children that are forked beside the tracing can allocate", "[trace]") {
  std::size_t ended = 0;
  for (std::size_t count = 0; count < 300; ++count) {
    TracedRun run;
    run.start("server", {"call-often", "1000000"});
    const pid_t child = fork_process([] {
      ::alarm(60);  // for one that waits for a lock that nobody has
      std::vector<std::string> texts;
      for (std::size_t size = 1; size < 300; ++size) texts.emplace_back(size * 10, 'x');
      return texts.back().back() == 'x' ? 0 : 1;
    });
    if (await_process(child) == 0) ++ended;
  }
  CHECK(ended == 300);
}

TEST_CASE("a static program is traced like any other", "[trace]") {
  TracedRun run;
  const pid_t server = run.start("server", {"serve-one"}, STATIC_TRACEE_PROGRAM);
  const pid_t client = run.start("client", {"ask", run.read_line()}, STATIC_TRACEE_PROGRAM);
  run.end(client);
  const std::vector<SocketCall> calls = run.end(server);
  CHECK(render_calls(calls, "server") == kServeOne);
  CHECK(render_calls(calls, "client") == kAsk);
}

TEST_CASE("a function of this program is traced without an exec", "[trace]") {
  TracedRun run;
  const pid_t process = run.tracer().start({"server", Side::server}, [] {
    const int missing = ::shutdown(::socket(AF_INET, SOCK_STREAM, 0), SHUT_WR);
    return missing == -1 ? 3 : 4;
  });
  CHECK(render_calls(run.end(process)) ==
        Lines{"socket -> a descriptor", "shutdown ENOTCONN", "exit 3"});
  CHECK(run.exit_code(process) == 3);
}

TEST_CASE("the descriptor for event loops is readable while something waits to be taken",
          "[trace]") {
  TracedRun run;
  Tracer& tracer = run.tracer();
  pollfd entry{tracer.readable_fd(), POLLIN, 0};
  CHECK(::poll(&entry, 1, 0) == 0);
  const pid_t process = run.start("client", {"duplicate"});
  CHECK(::poll(&entry, 1, -1) == 1);
  tracer.await_end(process);
  CHECK_FALSE(tracer.take().calls.empty());
  CHECK(::poll(&entry, 1, 0) == 0);
}

TEST_CASE("the end of a tracer ends every process that it traced", "[trace]") {
  pid_t process = -1;
  {
    TracedRun run;
    process = run.start("server", {"wait-for-ever"});
    run.await_open_call("recv");
  }
  CHECK(::kill(process, 0) == -1);
  CHECK(errno == ESRCH);
}

TEST_CASE("python's calls are told as those of any program", "[python]") {
  if (!std::filesystem::exists("/usr/bin/python3")) return skip_test("python3 is not installed");
  constexpr const char* kScript =
      "import socket\n"
      "l = socket.create_server(('127.0.0.1', 0))\n"
      "c = socket.create_connection(l.getsockname())\n"
      "s, _ = l.accept()\n"
      "c.sendall(b'hello')\n"
      "s.recv(64)\n"
      "s.close(); c.close(); l.close()\n";
  TracedRun run;
  const pid_t process = run.start("client", {"-c", kScript}, "/usr/bin/python3");
  const Lines lines = render_calls(run.end(process));
  const Lines expected{
      "accept -> a descriptor", "send 5", "recv 5", "close 0", "close 0", "close 0"};
  REQUIRE(lines.size() >= expected.size());
  CHECK(std::equal(expected.rbegin(), expected.rend(), lines.rbegin()));
}

TEST_CASE("calls that nobody takes are counted, and do not fill the memory", "[trace]") {
  constexpr std::size_t kMore = 500;
  TracedRun run;
  const pid_t server =
      run.start("server", {"call-often", std::to_string(kMostWaitingCalls + kMore)});
  run.tracer().await_end(server);
  const TraceBatch batch = run.tracer().take();
  // Those of socket and close are the two.
  CHECK(batch.calls.size() + batch.lost_calls == 2 + kMostWaitingCalls + kMore);
  CHECK(batch.lost_calls > 0);
  CHECK(batch.calls.size() < kMostWaitingCalls + kMore);
  CHECK(run.tracer().take().lost_calls == 0);
}

}  // namespace wireproof
