#include "play/tracing/trace_run.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "catch.h"
#include "live/python.h"
#include "machine/host/child_processes.h"
#include "machine/host/doctor.h"

namespace wireproof {
namespace {

const std::filesystem::path kFixtures =
    std::filesystem::path(WIREPROOF_SOURCE_DIR) / "tests/fixtures";

TraceRequest calculation() {
  TraceRequest request;
  request.server = "python3 server.py";
  request.clients = {{"python3 client.py", ""}};
  request.folder = kFixtures / "calculation";
  return request;
}

// A server that answers one UDP datagram, and a client that sends one and prints the answer.
const char* const kUdpServer =
    "python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);"
    " s.bind((\"127.0.0.1\", {port})); d, a = s.recvfrom(99); s.sendto(d.upper(), a)'";
const char* const kUdpClient =
    "python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM);"
    " s.sendto(input().encode(), (\"{host}\", {port})); print(s.recv(99).decode())'";

std::string refusal(const TraceRequest& request) {
  try {
    run_trace(request);
  } catch (const TraceRefused& refused) {
    std::string text = refused.what();
    for (const Note& note : refused.notes) text += "\n" + note.label + ": " + note.text;
    return text;
  }
  return "not refused";
}

std::vector<std::string> names_of(const TraceResult& result, const std::string& actor) {
  std::vector<std::string> names;
  for (const SocketCall& call : result.calls) {
    if (call.actor == actor) names.push_back(call.name);
  }
  return names;
}

}  // namespace

TEST_CASE("two plain programs are traced, captured, and their port is found", "[session]") {
  if (!has_python()) return;
  const TraceResult result = run_trace(calculation());
  CHECK(result.tcp_port == 12345);
  CHECK(result.udp_port == 0);
  CHECK(result.host == "127.0.0.1");
  CHECK(result.soundness.faults.empty());
  CHECK(result.connections_ended);
  CHECK_FALSE(result.timed_out);
  CHECK(result.packets.size() >= 13);
  REQUIRE(result.programs.size() == 2);
  CHECK(result.programs[0].name == "server.py");
  CHECK(result.programs[0].stopped);
  CHECK(result.programs[0].exit_code == 0);  // it ends itself at SIGINT
  CHECK(result.programs[1].name == "client.py");
  CHECK(result.programs[1].exit_code == 0);
  CHECK(result.programs[1].output == "Ergebnis von Anfrage 1: 15\n");
  CHECK(names_of(result, "client.py") ==
        std::vector<std::string>{"socket", "connect", "send", "send", "recv", "recv", "close"});
  CHECK(std::ranges::is_sorted(result.calls, {}, &SocketCall::order));
  REQUIRE_FALSE(result.sockets.empty());
  CHECK(result.sockets.front().state == "LISTEN");
  CHECK(descendant_processes(::getpid()).empty());
}

TEST_CASE("a UDP server's port is that of its bind, {port} and input reach the programs",
          "[session]") {
  if (!has_python()) return;
  TraceRequest request;
  request.server = kUdpServer;
  request.clients = {{kUdpClient, "hello\n"}};
  request.port = 20001;
  const TraceResult result = run_trace(request);
  CHECK(result.udp_port == 20001);
  CHECK(result.tcp_port == 0);
  CHECK(result.packets.size() == 2);
  REQUIRE(result.programs.size() == 2);
  CHECK(result.programs[1].output == "HELLO\n");
}

TEST_CASE("clients connect in the order in which they are given", "[session]") {
  if (!has_python()) return;
  TraceRequest request = calculation();
  request.clients = {{"python3 client.py", ""}, {"python3 client.py", ""}};
  const TraceResult result = run_trace(request);
  std::vector<std::string> connects;
  for (const SocketCall& call : result.calls) {
    if (call.name == "connect") connects.push_back(call.actor);
  }
  CHECK(connects == std::vector<std::string>{"client.py", "client.py#2"});
}

TEST_CASE("a client that does not end is stopped when its time is over", "[session]") {
  if (!has_python()) return;
  TraceRequest request = calculation();
  request.clients = {{"exec sleep 1000", ""}};
  request.timeout = std::chrono::milliseconds(300);
  const TraceResult result = run_trace(request);
  CHECK(result.timed_out);
  REQUIRE(result.programs.size() == 2);
  CHECK(result.programs[1].stopped);
  CHECK(result.programs[1].signal == SIGINT);
  CHECK(descendant_processes(::getpid()).empty());
}

TEST_CASE("programs that cannot be run are refused with what they said", "[session]") {
  TraceRequest request;
  request.server = "/nowhere/server";
  request.clients = {{"true", ""}};
  CHECK(refusal(request).starts_with("`/nowhere/server` cannot be started\noutput: sh: 1: "));

  request.server = "echo broken; exit 3";
  CHECK(refusal(request) ==
        "`echo broken; exit 3` exited with code 3 before it listened\noutput: broken\n");

  request.server = "exec sleep 1000";
  request.start_limit = std::chrono::milliseconds(200);
  CHECK(refusal(request) ==
        "`exec sleep 1000` did not listen within 200ms\n"
        "why: no call of listen() and no bind() of a UDP socket was seen\n"
        "help: `--start-within` sets the limit");
  CHECK(descendant_processes(::getpid()).empty());

  if (!has_python()) return;
  request = calculation();
  request.clients = {{"/nowhere/client", ""}};
  CHECK(refusal(request).starts_with("`/nowhere/client` cannot be started\noutput: sh: 1: "));

  request = calculation();
  request.port = 12346;
  CHECK(refusal(request).starts_with(
      "`python3 server.py` listens on 127.0.0.1:12345, not on port 12346\n"));
  CHECK(descendant_processes(::getpid()).empty());
}

}  // namespace wireproof
