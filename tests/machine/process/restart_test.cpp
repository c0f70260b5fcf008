#include <filesystem>
#include <string>

#include "catch.h"
#include "machine/process/server_process.h"
#include "support/in_private_network.h"
#include "support/skip_test.h"

namespace wireproof {

TEST_CASE("a server that does not end at SIGINT is told, and is there again for the next step",
          "[process]") {
  if (!std::filesystem::exists("/usr/bin/python3")) return skip_test("python3 is not installed");
  ServerLaunch launch;
  launch.command =
      "exec /usr/bin/python3 -c 'import signal, socket; "
      "signal.signal(signal.SIGINT, signal.SIG_IGN); s = socket.create_server((\"\", {port})); "
      "s.accept()'";
  launch.start.host = "127.0.0.1";
  launch.start.tcp_port = 7000;
  launch.stop_limit = std::chrono::milliseconds(50);
  const std::string said = run_in_private_network([&]() -> std::string {
    ServerProcess server(launch);
    const pid_t first = server.process();
    const std::string refused = server.restart();
    const bool is_another = server.is_alive() && server.process() != first;
    return refused + (is_another ? "; another listens" : "; none listens");
  });
  CHECK(said == "the server did not end within 50ms of SIGINT; another listens");
}

}  // namespace wireproof
