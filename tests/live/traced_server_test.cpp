#include <unistd.h>

#include <algorithm>

#include "catch.h"
#include "live/echo_server.h"
#include "machine/host/child_processes.h"
#include "play/runner/runner.h"
#include "result/packet_line.h"
#include "support/sheet_builder.h"

namespace wireproof {
namespace {

int serve_echo_traced(const ServerStart& start) {
  const UniqueFd listener = listen_on(start.tcp_port);
  say_ready(start.ready_fd);
  serve_echo(listener.get());
}

ScenarioResult play_traced(const RunOptions& options, const std::vector<Need>& needs) {
  Scenario scenario = SheetBuilder()
                          .step("connect", StepConnect{})
                          .step("send \"hello\"", send_text("hello"))
                          .step("recv \"hello\"", recv_text("hello"))
                          .step("close", StepClose{})
                          .scenario();
  scenario.id = "traced";
  scenario.front.server = "echo";
  scenario.front.needs = needs;
  const ServerTable table{{"echo", ServerProgram{"echo", 7000, 0, serve_echo_traced}}};
  const RunResult run = run_scenarios({scenario}, table, options, {});
  REQUIRE(run.scenarios.size() == 1);
  return run.scenarios.front().result;
}

std::vector<std::string> server_calls(const ScenarioResult& result) {
  std::vector<std::string> names;
  for (const SocketCall& call : result.calls) {
    if (call.side == Side::server) names.push_back(call.name);
  }
  return names;
}

const std::vector<std::string> kServerCalls{"socket", "setsockopt", "bind", "listen", "accept",
                                            "recv",   "send",       "recv", "close"};

}  // namespace

TEST_CASE("a sheet that needs a trace is told every call of its server", "[session]") {
  const ScenarioResult result = play_traced({}, {Need::trace});
  INFO(result.reason);
  CHECK(result.verdict == Verdict::pass);
  std::vector<std::string> calls = server_calls(result);
  REQUIRE(calls.size() >= kServerCalls.size());
  calls.resize(kServerCalls.size());  // it may be in the next accept already
  CHECK(calls == kServerCalls);
  CHECK(descendant_processes(::getpid()).empty());
}

TEST_CASE("with a trace no cause is inferred on either side", "[session]") {
  RunOptions options;
  options.trace = true;
  const ScenarioResult result = play_traced(options, {});
  INFO(result.reason);
  REQUIRE_FALSE(result.packets.empty());
  for (const PacketLine& packet : result.packets) {
    INFO(packet.info);
    CHECK_FALSE(packet.cause_inferred);
    CHECK_FALSE(packet.blocked_inferred);
  }
  const auto named = [&](const char* cause, const char* blocked) {
    return std::ranges::any_of(result.packets, [&](const PacketLine& packet) {
      return render_doers(packet.cause) == cause && render_doers(packet.blocked) == blocked;
    });
  };
  CHECK(named("connect", "accept"));
  CHECK(named("accept", "connect"));
  CHECK(named("send", "recv"));
  CHECK(named("close", "recv"));
  CHECK(named("close", ""));
}

TEST_CASE("without a trace the server's side is inferred", "[session]") {
  const ScenarioResult result = play_traced({}, {});
  CHECK(server_calls(result).empty());
  CHECK(std::ranges::any_of(result.packets, &PacketLine::cause_inferred));
}

TEST_CASE("the programs that a sheet runs are traced as its server is", "[session]") {
  const std::string program =
      "exec bash -c 'exec 3<>/dev/tcp/{host}/{port}; printf hello >&3; read -rN 5 -u 3; exec 3>&-'";
  Scenario scenario = SheetBuilder()
                          .step("bash: run", StepRun{program})
                          .step("bash: exits 0", StepExits{0})
                          .scenario();
  scenario.id = "traced";
  scenario.front.server = "echo";
  scenario.front.needs = {Need::trace};
  const ServerTable table{{"echo", ServerProgram{"echo", 7000, 0, serve_echo_traced}}};
  const RunResult run = run_scenarios({scenario}, table, {}, {});
  REQUIRE(run.scenarios.size() == 1);
  const ScenarioResult& result = run.scenarios.front().result;
  INFO(result.reason);
  CHECK(result.verdict == Verdict::pass);
  const auto caused = [&](const char* cause) {
    return std::ranges::any_of(result.packets, [&](const PacketLine& packet) {
      return packet.from == "bash" && render_doers(packet.cause) == cause && !packet.cause_inferred;
    });
  };
  CHECK(caused("connect"));
  CHECK(caused("write"));
  CHECK(caused("close"));
  CHECK(descendant_processes(::getpid()).empty());
}

}  // namespace wireproof
