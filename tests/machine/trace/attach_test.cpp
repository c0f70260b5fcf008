#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <set>

#include "base/system/system_call.h"
#include "catch.h"
#include "machine/trace/traced_run.h"
#include "machine/trace/tracee_sockets.h"

namespace wireproof {
namespace {

using Lines = std::vector<std::string>;

// A part of tracee_program.cpp that nobody traces, as servers run that somebody else has started.
class UntracedServer {
 public:
  explicit UntracedServer(const char* part) {
    std::array<int, 2> ends{};
    check_call(::pipe2(ends.data(), O_CLOEXEC), "open a pipe");
    const UniqueFd read_end(ends[0]);
    UniqueFd write_end(ends[1]);
    process_ = static_cast<pid_t>(check_call(::fork(), "fork a server"));
    if (process_ == 0) {
      ::dup2(write_end.get(), STDOUT_FILENO);
      ::execl(TRACEE_PROGRAM, TRACEE_PROGRAM, part, nullptr);
      ::_exit(127);
    }
    write_end.reset();
    std::string line;
    for (char letter = 0; ::read(read_end.get(), &letter, 1) == 1 && letter != '\n';) {
      line += letter;
    }
    port_ = static_cast<std::uint16_t>(std::stoi(line));
    await_asleep();
  }
  ~UntracedServer() {
    if (process_ == 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  UntracedServer(const UntracedServer&) = delete;
  UntracedServer& operator=(const UntracedServer&) = delete;

  pid_t process() const { return process_; }
  std::uint16_t port() const { return port_; }

  // Until it waits in a call.
  void await_asleep() const {
    while (read_status("State:").find('S') == std::string::npos) continue;
  }
  void await_untraced() const {
    while (read_status("TracerPid:") != "\t0") continue;
  }
  int await_exit_code() {
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  std::string read_status(const std::string& name) const {
    std::ifstream file("/proc/" + std::to_string(process_) + "/status");
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with(name)) return line.substr(name.size());
    }
    return "";
  }

  pid_t process_ = 0;
  std::uint16_t port_ = 0;
};

const TraceTarget kServer{"server", Side::server};

void say_hello(int client) {
  std::array<char, 64> data{};
  REQUIRE(::send(client, "hello", 5, 0) == 5);
  REQUIRE(::recv(client, data.data(), data.size(), 0) == 5);
}

void ask(std::uint16_t port) {
  const UniqueFd client(tracee::connect_to(port));
  say_hello(client.get());
}

std::vector<SocketCall> take_calls(Tracer& tracer, const UntracedServer& server) {
  tracer.await_end(server.process());
  std::vector<SocketCall> calls = tracer.take().calls;
  std::ranges::stable_sort(calls, {}, &SocketCall::order);
  return calls;
}

std::size_t count_named(const std::vector<SocketCall>& calls, const std::string& name) {
  return calls_named(calls, name).size();
}

}  // namespace

TEST_CASE("a call that a server was in when it was attached to is one call", "[trace]") {
  UntracedServer server("serve-one");
  Tracer tracer;
  tracer.attach(kServer, {server.process()});
  const std::vector<SocketCall> open = tracer.sync();
  REQUIRE(open.size() == 1);
  CHECK(open.front().name == "accept");
  CHECK(open.front().local->port == server.port());
  ask(server.port());
  const std::vector<SocketCall> calls = take_calls(tracer, server);
  CHECK(render_calls(calls) ==
        Lines{"accept -> a descriptor", "recv 5", "send 5", "recv 0", "close 0", "close 0"});
  CHECK(calls.front().entered == open.front().entered);
  CHECK(calls.front().socket == open.front().socket);
  CHECK(server.await_exit_code() == 0);
}

TEST_CASE("the end of a tracer leaves what it was attached to as it found it", "[trace]") {
  UntracedServer server("serve-by-epoll");
  // Wherever it is on its way back into its epoll_wait.
  for (int times = 0; times < 20; ++times) {
    Tracer tracer;
    tracer.attach(kServer, {server.process()});
    if (times % 2 == 0) server.await_asleep();
  }
  server.await_untraced();
  ask(server.port());
  CHECK(server.await_exit_code() == 0);
}

TEST_CASE("a server lives on when the program that traces it is killed", "[trace]") {
  UntracedServer server("serve-by-epoll");
  std::array<int, 2> ends{};
  REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
  const UniqueFd read_end(ends[0]);
  const UniqueFd write_end(ends[1]);
  const pid_t program = ::fork();
  if (program == 0) {
    Tracer tracer;
    tracer.attach(kServer, {server.process()});
    if (::write(ends[1], "x", 1) == 1) ::pause();
    ::_exit(1);
  }
  char byte = 0;
  CHECK(::read(read_end.get(), &byte, 1) == 1);
  server.await_asleep();  // in its epoll_wait again, not stopped on the way there
  ::kill(program, SIGKILL);
  ::waitpid(program, nullptr, 0);
  server.await_untraced();
  ask(server.port());
  CHECK(server.await_exit_code() == 0);
}

TEST_CASE("epoll_wait is not broken off by the tracer, nor by a signal that nobody handles",
          "[trace]") {
  UntracedServer server("serve-by-epoll");
  {
    Tracer tracer;
    tracer.attach(kServer, {server.process()});
    server.await_asleep();
    ::kill(server.process(), SIGWINCH);
    ask(server.port());
    const std::vector<SocketCall> calls = take_calls(tracer, server);
    // One for each that it makes: for the client, what it sends, and its end.
    CHECK(count_named(calls, "epoll_wait") == 3);
    CHECK(count_named(calls, "dup") == 0);  // what it asks of a descriptor is no duplicate
    const SocketCall wait = calls_named(calls, "epoll_wait").at(0);
    const SocketCall accept = calls_named(calls, "accept").at(0);
    REQUIRE(wait.ready.size() == 1);
    CHECK(wait.ready.front().socket == accept.socket);
    CHECK(wait.watched == wait.ready);
  }
  CHECK(server.await_exit_code() == 0);
}

// The kernel goes on with it by restart_syscall(2), which says nothing of what is waited for.
TEST_CASE("a poll that a server was in when it was attached to is known", "[trace]") {
  UntracedServer server("serve-by-poll");
  Tracer tracer;
  tracer.attach(kServer, {server.process()});
  ask(server.port());
  const std::vector<SocketCall> calls = take_calls(tracer, server);
  const std::vector<SocketCall> polls = calls_named(calls, "poll");
  REQUIRE(polls.size() == 1);
  REQUIRE(polls.front().ready.size() == 1);
  CHECK(polls.front().ready.front().socket == calls_named(calls, "accept").at(0).socket);
  CHECK(server.await_exit_code() == 0);
}

TEST_CASE("every thread of a server is attached to, each in its call", "[trace]") {
  UntracedServer server("serve-with-threads");
  const UniqueFd first(tracee::connect_to(server.port()));
  const UniqueFd second(tracee::connect_to(server.port()));
  say_hello(first.get());
  say_hello(second.get());
  server.await_asleep();
  Tracer tracer;
  tracer.attach(kServer, {server.process()});
  std::vector<SocketCall> open = tracer.sync();
  while (count_named(open, "recv") < 2) open = tracer.sync();
  CHECK(open.at(0).thread != open.at(1).thread);
  say_hello(second.get());
  ::shutdown(first.get(), SHUT_WR);
  ::shutdown(second.get(), SHUT_WR);
  const std::vector<SocketCall> calls = take_calls(tracer, server);
  CHECK(count_named(calls, "send") == 1);
  CHECK(count_named(calls, "recv") == 3);
  CHECK(count_named(calls, "close") == 2);
  CHECK(server.await_exit_code() == 0);
}

TEST_CASE("what a server starts after it was attached to is traced with it", "[trace]") {
  UntracedServer server("serve-with-fork");
  Tracer tracer;
  tracer.attach(kServer, {server.process()});
  const UniqueFd client(tracee::connect_to(server.port()));
  REQUIRE(::send(client.get(), "hello", 5, 0) == 5);
  const std::vector<SocketCall> calls = take_calls(tracer, server);
  const std::vector<SocketCall> receives = calls_named(calls, "recv");
  REQUIRE(receives.size() == 1);
  CHECK(receives.front().process != server.process());
  CHECK(receives.front().actor == "server");
  CHECK(server.await_exit_code() == 0);
}

TEST_CASE("a process that is traced already cannot be attached to, and goes on", "[trace]") {
  UntracedServer server("serve-one");
  Tracer first;
  first.attach(kServer, {server.process()});
  {
    Tracer second;
    try {
      second.attach(kServer, {server.process()});
      FAIL("attached twice");
    } catch (const SystemError& error) {
      CHECK(error.code().value() == EPERM);
    }
  }
  ask(server.port());
  CHECK(count_named(take_calls(first, server), "accept") == 1);
  CHECK(server.await_exit_code() == 0);
}

TEST_CASE("a process that has ended cannot be attached to", "[trace]") {
  UntracedServer server("serve-one");
  const pid_t process = server.process();
  ask(server.port());
  CHECK(server.await_exit_code() == 0);
  Tracer tracer;
  CHECK_THROWS_AS(tracer.attach(kServer, {process}), SystemError);
}

}  // namespace wireproof
