#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fcntl.h>

#include "base/system/system_call.h"
#include "catch.h"
#include "servers/loopback_client.h"
#include "servers/registry.h"
#include "servers/serving/listen.h"
#include "servers/stream_play.h"

namespace wireproof {
namespace {

// A port that was free a moment ago.
std::uint16_t free_port() {
  ListenOptions options;
  options.tcp_port = 0;
  return Listener(service_of("calc"), options).tcp_port();
}

// serve() in a forked process, as the runner starts it, and with the signals as a parent may leave
// them behind: ignored at the worst. Standard output goes to `output`.
struct ForkedServer {
  pid_t pid = -1;
  UniqueFd ready;
  UniqueFd output;
};

ForkedServer fork_server(const std::string& name, const ServeOptions& options,
                         sighandler_t left_behind = SIG_IGN) {
  int ready[2];
  int output[2];
  check_call(::pipe2(ready, O_CLOEXEC), "pipe");
  check_call(::pipe2(output, O_CLOEXEC), "pipe");
  ForkedServer server;
  server.ready.reset(ready[0]);
  server.output.reset(output[0]);
  server.pid = static_cast<pid_t>(check_call(::fork(), "fork"));
  if (server.pid == 0) {
    ::dup2(output[1], STDOUT_FILENO);
    ::signal(SIGTERM, left_behind);
    ::signal(SIGINT, left_behind);
    ServeOptions mine = options;
    mine.on_ready = [&ready] { check_call(::write(ready[1], ".", 1), "say that it is ready"); };
    ::_exit(serve(*find_server(name), mine));
  }
  ::close(ready[1]);
  ::close(output[1]);
  char byte = 0;
  REQUIRE(::read(server.ready.get(), &byte, 1) == 1);
  return server;
}

int end_server(const ForkedServer& server, int signal_number) {
  ::kill(server.pid, signal_number);
  int status = 0;
  check_call(::waitpid(server.pid, &status, 0), "waitpid");
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string read_all(int fd) {
  std::string all;
  char buffer[4096];
  for (ssize_t count = 0; (count = ::read(fd, buffer, sizeof buffer)) > 0;) {
    all.append(buffer, static_cast<std::size_t>(count));
  }
  return all;
}

}  // namespace

TEST_CASE("serve listens when it says so, ends with 0 on either signal and prints nothing",
          "[servers]") {
  const sighandler_t left_behind = GENERATE(SIG_IGN, SIG_DFL);
  for (const int signal_number : {SIGINT, SIGTERM}) {
    ServeOptions options;
    options.tcp_port = free_port();
    const ForkedServer server = fork_server("echo-threads", options, left_behind);
    const UniqueFd client = connect_tcp("127.0.0.1", options.tcp_port);
    send_text(client.get(), "hello");
    CHECK(receive_some(client.get()) == "You told me: hello");
    CHECK(end_server(server, signal_number) == 0);
    CHECK(receive_to_eof(client.get()).empty());
    CHECK(read_all(server.output.get()).empty());
  }
}

TEST_CASE("serve prints a line per connection and message where that is asked for", "[servers]") {
  ServeOptions options;
  options.tcp_port = free_port();
  options.print = true;
  const ForkedServer server = fork_server("upper-tcp", options);
  {
    const UniqueFd client = connect_tcp("127.0.0.1", options.tcp_port);
    send_text(client.get(), "hello\n");
    CHECK(receive_to_eof(client.get()) == "HELLO\n");
  }
  CHECK(end_server(server, SIGTERM) == 0);
  const std::string lines = read_all(server.output.get());
  CHECK_THAT(lines, Catch::Matches("127\\.0\\.0\\.1:\\d+ connected\n"
                                   "127\\.0\\.0\\.1:\\d+ > \"hello\\\\n\"\n"
                                   "127\\.0\\.0\\.1:\\d+ < \"HELLO\\\\n\"\n"
                                   "127\\.0\\.0\\.1:\\d+ closed\n"));
}

TEST_CASE("serve refuses ports for a transport that the server does not speak", "[servers]") {
  ServeOptions options;
  CHECK_THROWS_WITH(serve(*find_server("calc"), options), "server calc was given no port");
  options.udp_port = 1;
  CHECK_THROWS_WITH(serve(*find_server("upper-tcp"), options),
                    "server upper-tcp does not speak UDP");
  options.udp_port = 0;
  options.tcp_port = 1;
  CHECK_THROWS_WITH(serve(*find_server("upper-udp"), options),
                    "server upper-udp does not speak TCP");
}

}  // namespace wireproof
