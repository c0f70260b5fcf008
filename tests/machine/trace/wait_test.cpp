#include "catch.h"
#include "machine/trace/traced_run.h"

namespace wireproof {

namespace {

struct Waited {
  SocketCall wait;
  std::uint64_t client = 0;
  std::uint64_t server = 0;
  int client_descriptor = -1;
  int server_descriptor = -1;
  std::vector<SocketCall> calls;
};

Waited trace_wait(const std::string& part, const std::string& name) {
  TracedRun run;
  Waited waited;
  waited.calls = run.end(run.start("client", {part}));
  const std::vector<SocketCall> waits = calls_named(waited.calls, name);
  REQUIRE(waits.size() == 1);
  waited.wait = waits.front();
  const SocketCall connect = calls_named(waited.calls, "connect").at(0);
  const SocketCall accept = calls_named(waited.calls, "accept").at(0);
  waited.client = connect.socket;
  waited.client_descriptor = connect.descriptor;
  waited.server = accept.new_socket;
  waited.server_descriptor = static_cast<int>(accept.result);
  return waited;
}

using Sockets = std::vector<WatchedSocket>;

}  // namespace

TEST_CASE("poll tells what it waited for and what it found", "[trace]") {
  const Waited waited = trace_wait("poll", "poll");
  const WatchedSocket client{waited.client, waited.client_descriptor, true, false};
  const WatchedSocket server{waited.server, waited.server_descriptor, true, false};
  CHECK(waited.wait.watched == Sockets{client, server});
  CHECK(waited.wait.ready == Sockets{server});
  CHECK_FALSE(waited.wait.nonblocking);
}

TEST_CASE("select tells its sets and what the kernel made of them", "[trace]") {
  const Waited waited = trace_wait("select", "select");
  const WatchedSocket client{waited.client, waited.client_descriptor, false, true};
  const WatchedSocket server{waited.server, waited.server_descriptor, true, false};
  CHECK(waited.wait.watched == Sockets{client, server});
  CHECK(waited.wait.ready == Sockets{client});
  CHECK(waited.wait.nonblocking);
}

TEST_CASE("epoll_wait tells the sockets of its set and finds them by their data", "[trace]") {
  const Waited waited = trace_wait("epoll", "epoll_wait");
  const WatchedSocket client{waited.client, waited.client_descriptor, true, false};
  const WatchedSocket server{waited.server, waited.server_descriptor, true, false};
  CHECK(waited.wait.watched == Sockets{client, server});
  CHECK(waited.wait.ready == Sockets{server});
}

TEST_CASE("a call on a socket made non-blocking says that it could not wait", "[trace]") {
  const Waited waited = trace_wait("epoll", "epoll_wait");
  const std::vector<SocketCall> receives = calls_named(waited.calls, "recv");
  REQUIRE(receives.size() == 2);
  CHECK(receives.at(0).nonblocking);
  CHECK(receives.at(0).result == 1);
  CHECK(render_calls({receives.at(1)}) == std::vector<std::string>{"recv EAGAIN"});
  CHECK_FALSE(calls_named(waited.calls, "send").at(0).nonblocking);
}

}  // namespace wireproof
