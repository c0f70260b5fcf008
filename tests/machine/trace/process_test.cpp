#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <set>
#include <stdexcept>

#include "catch.h"
#include "machine/trace/trace_loop.h"
#include "machine/trace/traced_run.h"

namespace wireproof {

using Lines = std::vector<std::string>;

TEST_CASE("calls of threads carry the thread, those of forked children the process", "[trace]") {
  TracedRun run;
  const pid_t server = run.start("server", {"serve-with-threads"});
  const std::string port = run.read_line();
  const pid_t first = run.start("alice", {"ask", port});
  const pid_t second = run.start("bob", {"ask", port});
  run.end(first);
  run.end(second);
  const std::vector<SocketCall> calls = run.end(server);
  std::set<std::int64_t> threads;
  for (const SocketCall& call : calls_named(calls, "send")) {
    if (call.actor != "server") continue;
    CHECK(call.process == server);
    CHECK(call.thread != server);
    threads.insert(call.thread);
  }
  CHECK(threads.size() == 2);
}

TEST_CASE("an exec from a thread goes on under the process's id", "[trace]") {
  TracedRun run;
  const pid_t server = run.start("server", {"serve-one"});
  const pid_t client = run.start("client", {"exec-in-thread", run.read_line()});
  run.end(client);
  const std::vector<SocketCall> calls = run.end(server);
  CHECK(run.exit_code(client) == 0);
  CHECK(render_calls(calls, "client").size() == 7);
  for (const SocketCall& call : calls) {
    if (call.actor != "client") continue;
    CHECK(call.process == client);
    CHECK(call.thread == client);
  }
}

TEST_CASE("sockets that are made after the first thread has ended are seen", "[trace]") {
  TracedRun run;
  const pid_t server = run.start("server", {"serve-without-main"});
  const pid_t client = run.start("client", {"ask", run.read_line()});
  run.end(client);
  const std::vector<SocketCall> calls = run.end(server);
  const std::vector<SocketCall> accepts = calls_named(calls, "accept");
  REQUIRE(accepts.size() == 1);
  CHECK(accepts.at(0).new_socket != 0);
  CHECK(accepts.at(0).thread != server);
  CHECK(accepts.at(0).remote == calls_named(calls, "connect").at(0).local);
  CHECK(render_calls(calls, "server").back() == "exit 0");
}

TEST_CASE("what a call points to is read also after the first thread has ended", "[trace]") {
  TracedRun run;
  const pid_t server = run.start("server", {"serve-without-main"});
  const pid_t client = run.start("client", {"ask", run.read_line()});
  run.end(client);
  const std::vector<SocketCall> calls = run.end(server);
  const std::vector<SocketCall> polls = calls_named(calls, "poll");
  REQUIRE(polls.size() == 1);
  const std::uint64_t listener = calls_named(calls, "accept").at(0).socket;
  REQUIRE(polls.at(0).watched.size() == 1);
  CHECK(polls.at(0).watched.at(0).socket == listener);
  CHECK(polls.at(0).ready == polls.at(0).watched);
}

TEST_CASE("a tracing thread that fails ends the tracing, and says why", "[trace]") {
  TraceMailbox mailbox;
  run_tracing(mailbox, [] { throw std::out_of_range("map::at"); });
  CHECK(mailbox.ended);
  CHECK(mailbox.failure == "map::at");
}

TEST_CASE("kill -9 ends the call in which the process was, and lets go of its sockets", "[trace]") {
  TracedRun run;
  const pid_t process = run.start("server", {"wait-for-ever"});
  const SocketCall open = run.await_open_call("recv");
  CHECK_FALSE(open.returned);
  REQUIRE(::kill(process, SIGKILL) == 0);
  const std::vector<SocketCall> calls = run.end(process);
  const Lines lines = render_calls(calls);
  REQUIRE(lines.size() >= 3);
  CHECK(Lines(lines.end() - 3, lines.end()) ==
        Lines{"recv killed by 9", "exit killed by 9", "exit killed by 9"});
  CHECK_FALSE(calls_named(calls, "recv").at(0).returned);
  CHECK(run.exit_code(process) == -SIGKILL);
}

TEST_CASE("a call that goes on after a signal's handler is one call", "[trace]") {
  TracedRun run;
  const pid_t process = run.start("server", {"be-interrupted", "restart"});
  const SocketCall before = run.await_open_call("recv");
  REQUIRE(::kill(process, SIGUSR1) == 0);
  // Behind the handler: the tracer has let the thread return from it before it answers again.
  const SocketCall after = run.await_open_call("recv");
  CHECK(after.order == before.order);
  CHECK(after.entered == before.entered);
  REQUIRE(::kill(process, SIGKILL) == 0);
  CHECK(calls_named(run.end(process), "recv").size() == 1);
}

TEST_CASE("a call that a signal's handler ends fails with EINTR, once", "[trace]") {
  TracedRun run;
  const pid_t process = run.start("server", {"be-interrupted", "fail"});
  run.await_open_call("recv");
  REQUIRE(::kill(process, SIGUSR1) == 0);
  const Lines lines = render_calls(run.end(process));
  CHECK(std::count(lines.begin(), lines.end(), "recv EINTR") == 1);
  CHECK(std::count(lines.begin(), lines.end(), "recv unfinished") == 0);
  CHECK(run.exit_code(process) == 4);
}

TEST_CASE("a stopped process stays stopped until SIGCONT, and its parent is told", "[trace]") {
  TracedRun run;
  CHECK(run.exit_code(run.start("client", {"control-job"})) == 0);
}

TEST_CASE("io_uring is answered ENOSYS, and the user is told so", "[trace]") {
  TracedRun run;
  const pid_t process = run.start("server", {"io-uring"});
  run.end(process);
  CHECK(run.exit_code(process) == 0);
  REQUIRE(run.notes().size() == 1);
  CHECK(run.notes().front().find("io_uring_setup was answered ENOSYS") != std::string::npos);
}

}  // namespace wireproof
