#include "catch.h"
#include "machine/trace/traced_run.h"

namespace wireproof {

TEST_CASE("a socket keeps its number through dup, and a close says who still holds it", "[trace]") {
  TracedRun run;
  const pid_t process = run.start("client", {"duplicate"});
  const std::vector<SocketCall> calls = run.end(process);
  const std::uint64_t client = calls_named(calls, "connect").at(0).socket;
  const std::uint64_t server = calls_named(calls, "accept").at(0).new_socket;
  const SocketCall dup = calls_named(calls, "dup").at(0);
  const SocketCall send = calls_named(calls, "send").at(0);
  CHECK(dup.socket == client);
  CHECK(send.socket == client);
  CHECK(send.descriptor == dup.result);
  const SocketCall close = calls_named(calls, "close").at(1);  // behind the listener's
  CHECK(close.socket == client);
  CHECK(close.still_held_by == std::vector<std::int64_t>{process});
  const std::vector<SocketCall> dup2 = calls_named(calls, "dup2");
  REQUIRE(dup2.size() == 2);
  CHECK(dup2.at(0).socket == server);
  CHECK_FALSE(dup2.at(0).releases);
  CHECK(dup2.at(1).releases);
  CHECK(dup2.at(1).socket == client);  // replaced: closed by it
  CHECK(dup2.at(1).still_held_by.empty());
}

TEST_CASE("a close in a forked child says that the parent still holds the socket", "[trace]") {
  TracedRun run;
  const pid_t server = run.start("server", {"serve-with-fork"});
  const std::string port = run.read_line();
  const pid_t client = run.start("client", {"ask", port});
  const std::vector<SocketCall> calls = run.end(server);
  const std::uint64_t connection = calls_named(calls, "accept").at(0).new_socket;
  std::vector<SocketCall> closes;
  for (const SocketCall& call : calls_named(calls, "close")) {
    if (call.socket == connection) closes.push_back(call);
  }
  REQUIRE(closes.size() == 2);
  CHECK(closes.at(0).process != server);
  CHECK(closes.at(0).still_held_by == std::vector<std::int64_t>{server});
  CHECK(closes.at(1).process == server);
  CHECK(closes.at(1).still_held_by.empty());
  run.tracer().await_end(client);
}

TEST_CASE("a fork tells the child and which sockets it has copies of, before what the child does",
          "[trace]") {
  TracedRun run;
  const pid_t server = run.start("server", {"serve-with-fork"});
  const std::string port = run.read_line();
  const pid_t client = run.start("client", {"ask", port});
  const std::vector<SocketCall> calls = run.end(server);
  const std::vector<SocketCall> forks = calls_named(calls, "fork");
  REQUIRE(forks.size() == 1);
  const SocketCall accept = calls_named(calls, "accept").at(0);
  CHECK(forks.front().process == server);
  CHECK(forks.front().inherited == std::vector<std::uint64_t>{accept.socket, accept.new_socket});
  CHECK(forks.front().order > accept.order);
  const SocketCall first = calls_named(calls, "close").at(0);
  CHECK(first.process == forks.front().child);
  CHECK(first.order > forks.front().order);
  CHECK(calls_named(calls, "listen").at(0).backlog.has_value());
  run.tracer().await_end(client);
}

TEST_CASE("a process that shares its creator's descriptors closes them for both", "[trace]") {
  TracedRun run;
  const pid_t process = run.start("server", {"share-descriptors"});
  const std::vector<SocketCall> calls = run.end(process);
  CHECK(run.exit_code(process) == 0);
  const std::uint64_t client = calls_named(calls, "connect").at(0).socket;
  const std::uint64_t server = calls_named(calls, "accept").at(0).new_socket;
  std::vector<SocketCall> closes = calls_named(calls, "close");
  std::erase_if(closes, [&](const SocketCall& call) { return call.socket != server; });
  REQUIRE(closes.size() == 1);
  CHECK(closes.front().process != process);
  CHECK(closes.front().still_held_by.empty());
  // The sharer's end closes nothing: the first process still has the table.
  std::vector<SocketCall> exits = calls_named(calls, "exit");
  std::erase_if(exits, [&](const SocketCall& call) { return call.socket != client; });
  REQUIRE(exits.size() == 2);
  CHECK(exits.front().process != process);
  CHECK(exits.front().still_held_by == std::vector<std::int64_t>{process});
  CHECK(exits.back().still_held_by.empty());
}

TEST_CASE("close-on-exec and the end of a process are closes, too", "[trace]") {
  TracedRun run;
  const pid_t process = run.start("server", {"exec-with-sockets"});
  const std::vector<SocketCall> calls = run.end(process);
  const std::vector<SocketCall> sockets = calls_named(calls, "socket");
  const std::vector<SocketCall> execs = calls_named(calls, "exec");
  const std::vector<SocketCall> closes = calls_named(calls, "close");
  REQUIRE(sockets.size() == 2);
  REQUIRE(execs.size() == 1);
  CHECK(execs.at(0).socket == sockets.at(1).socket);
  REQUIRE(closes.size() == 1);
  CHECK(closes.at(0).socket == sockets.at(0).socket);
}

TEST_CASE("a close tells what decides between FIN and RST: unread bytes and SO_LINGER", "[trace]") {
  TracedRun run;
  const pid_t process = run.start("server", {"close-with-unread"});
  const std::vector<SocketCall> closes = calls_named(run.end(process), "close");
  REQUIRE(closes.size() == 3);  // the listener, the server's end, the client's
  CHECK_FALSE(closes.at(0).unread_bytes);
  CHECK(closes.at(1).unread_bytes == 4U);
  CHECK_FALSE(closes.at(1).linger_seconds);
  CHECK(closes.at(2).unread_bytes == 0U);
  CHECK(closes.at(2).linger_seconds == 0);
}

TEST_CASE("a socket that was passed in a message is held by both descriptors", "[trace]") {
  TracedRun run;
  const pid_t process = run.start("client", {"pass-descriptor"});
  const std::vector<SocketCall> calls = run.end(process);
  const std::uint64_t client = calls_named(calls, "connect").at(0).socket;
  const SocketCall close = calls_named(calls, "close").at(1);
  CHECK(close.socket == client);
  CHECK(close.still_held_by == std::vector<std::int64_t>{process});
}

}  // namespace wireproof
