#include <filesystem>

#include "catch.h"
#include "machine/process/server_process.h"
#include "support/in_private_network.h"
#include "support/skip_test.h"

namespace wireproof {
namespace {

ListeningSocket tcp(const std::string& address, std::uint16_t port) {
  return {ListenProtocol::tcp, {*parse_ip_address(address), port}};
}

ListeningSocket udp(const std::string& address, std::uint16_t port) {
  return {ListenProtocol::udp, {*parse_ip_address(address), port}};
}

ServerStart start_on(std::uint16_t tcp_port, std::uint16_t udp_port) {
  ServerStart start;
  start.host = "127.0.0.1";
  start.tcp_port = tcp_port;
  start.udp_port = udp_port;
  return start;
}

}  // namespace

TEST_CASE("of a program that listens elsewhere its places of the protocol in question are said",
          "[process]") {
  CHECK(render_elsewhere({udp("0.0.0.0", 7000)}, start_on(7000, 0)) == "it listens on UDP only");
  CHECK(render_elsewhere({tcp("0.0.0.0", 7000)}, start_on(7000, 7000)) == "it listens on TCP only");
  CHECK(render_elsewhere({tcp("127.0.0.1", 7001)}, start_on(7000, 0)) ==
        "it listens on 127.0.0.1:7001");
  CHECK(render_elsewhere({tcp("0.0.0.0", 7001), tcp("::", 7002), udp("::", 7000)},
                         start_on(7000, 0)) == "it listens on port 7001, port 7002");
  CHECK(render_elsewhere({tcp("127.0.1.1", 7000)}, start_on(7000, 0)) ==
        "it listens on 127.0.1.1:7000");
}

TEST_CASE("a program that sleeps on sockets of its own choice is not waited for to the end",
          "[process]") {
  if (!std::filesystem::exists("/usr/bin/python3")) return skip_test("python3 is not installed");
  ServerLaunch launch;
  launch.command =
      "exec /usr/bin/python3 -c 'import socket; s = socket.socket(type=socket.SOCK_DGRAM); "
      "s.bind((\"\", {port})); s.recv(1)'";
  launch.start = start_on(7000, 0);
  launch.start_limit = std::chrono::hours(1);
  const std::string said = run_in_private_network([&]() -> std::string {
    try {
      ServerProcess server(launch);
      return "it listens";
    } catch (const ServerStartError& error) {
      const std::size_t reason = error.attempt.rfind(": ");
      return error.attempt.substr(reason) + " (" + std::to_string(error.elsewhere.size()) + ")";
    }
  });
  CHECK(said == ": it listens on UDP only (1)");
}

}  // namespace wireproof
