#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

#include "base/system/system_call.h"
#include "catch.h"
#include "live/echo_server.h"
#include "live/strange_server.h"
#include "machine/trace/tracer.h"
#include "play/runner/runner.h"
#include "sheet/scenario.h"
#include "support/in_private_network.h"
#include "support/sheet_builder.h"

namespace wireproof {
namespace {

// `last` is the call that the server's FIN comes from.
Scenario echo_sheet(const std::string& last, const std::string& front = "") {
  const std::string text = "---\nserver: echo\n" + front +
                           "---\n# Echo\n\n"
                           "## Session\n```session\n"
                           "connect\nsend \"hello\"\nrecv \"hello\"\nclose\n```\n\n"
                           "## Packets\n"
                           "| From   | To     | Info       | Len | Cause   | Blocked |\n"
                           "|--------|--------|------------|-----|---------|---------|\n"
                           "| client | server | [SYN]      |     | connect | accept  |\n"
                           "| server | client | [SYN, ACK] |     | accept  | connect |\n"
                           "| client | server | [ACK]      |     |         |         |\n"
                           "| client | server | [PSH, ACK] | 5   | send    | recv    |\n"
                           "| server | client | [PSH, ACK] | 5   | send    | recv    |\n"
                           "| client | server | [FIN, ACK] |     | close   | recv    |\n"
                           "| server | client | [FIN, ACK] |     | " +
                           last +
                           " |         |\n"
                           "| client | server | [ACK]      |     |         |         |\n";
  auto scenario = parse_scenario("echo", SourceText("echo.md", text), {});
  if (!scenario) throw std::runtime_error("the sheet of the test does not parse");
  return std::move(*scenario);
}

enum class Trace { no, yes };

ScenarioResult verify(const Scenario& scenario, Trace trace) {
  RunOptions options;
  options.trace = trace == Trace::yes;
  options.one_server = true;
  options.running = RunningServer{*parse_ip_address("127.0.0.1"), StrangeServer::kPort, 0};
  const ServerTable servers{{"echo", ServerProgram{"echo", StrangeServer::kPort, 0, {}}}};
  return run_scenarios({scenario}, servers, options, {}).scenarios.at(0).result;
}

std::string render(const ScenarioResult& result) {
  return render_verdict(result.verdict) + (result.reason.empty() ? "" : " " + result.reason);
}

bool is_inferred(const PacketLine& packet) {
  return packet.cause_inferred || packet.blocked_inferred;
}

// A program that has attached to a process, and does until it is destroyed.
class StrangeTracer {
 public:
  explicit StrangeTracer(pid_t traced) {
    std::array<int, 2> ends{};
    check_call(::pipe(ends.data()), "open a pipe");
    const UniqueFd read_end(ends[0]);
    const UniqueFd write_end(ends[1]);
    process_ = ::fork();
    if (process_ == 0) {
      Tracer tracer;
      tracer.attach({"server", Side::server}, {traced});
      if (::write(ends[1], "x", 1) == 1) ::pause();
      ::_exit(1);
    }
    char byte = 0;
    check_call(::read(ends[0], &byte, 1), "await the tracer");
  }
  ~StrangeTracer() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  StrangeTracer(const StrangeTracer&) = delete;
  StrangeTracer& operator=(const StrangeTracer&) = delete;

  pid_t process() const { return process_; }

 private:
  pid_t process_ = -1;
};

}  // namespace

TEST_CASE("a running server that is traced has its calls judged, and lives on untraced",
          "[session]") {
  const std::string text = run_in_private_network([] {
    const StrangeServer server(serve_echo);
    const ScenarioResult result = verify(echo_sheet("close"), Trace::yes);
    const bool inferred = std::ranges::any_of(result.packets, is_inferred);
    const ScenarioResult again = verify(echo_sheet("close"), Trace::no);
    return render(result) + (inferred ? ", inferred" : ", seen") + ", traced by " +
           server.status("TracerPid") + ", then " + render(again);
  });
  CHECK(text == "PASS, seen, traced by 0, then PASS");
}

TEST_CASE("what a running server's calls are is a must where they are traced", "[session]") {
  const std::string text = run_in_private_network([] {
    const StrangeServer server(serve_echo);
    const Scenario sheet = echo_sheet("shutdown");
    return render(verify(sheet, Trace::no)) + ", " + render(verify(sheet, Trace::yes));
  });
  CHECK(text == "PASS, FAIL Cause of row 7 is close(), the table expects shutdown");
}

TEST_CASE("what a server does for other clients is not told", "[session]") {
  const std::string text = run_in_private_network([] {
    const StrangeServer server(serve_echo);
    const pid_t other = ::fork();
    if (other == 0) {
      const auto visit = SheetBuilder().step("connect", StepConnect{}).step("close", StepClose{});
      for (;;) visit.play(StrangeServer::kPort);
    }
    const ScenarioResult result = verify(echo_sheet("close"), Trace::yes);
    ::kill(other, SIGKILL);
    ::waitpid(other, nullptr, 0);
    const auto accepts = std::ranges::count_if(
        result.calls, [](const SocketCall& call) { return call.new_socket != 0; });
    const auto closes =
        std::ranges::count_if(result.calls, [](const SocketCall& call) { return call.releases; });
    return render(result) + ", accepts " + std::to_string(accepts) + ", closes " +
           std::to_string(closes);
  });
  CHECK(text == "PASS, accepts 1, closes 1");
}

TEST_CASE("why a running server cannot be traced is told, and its calls are inferred",
          "[session]") {
  const std::string text = run_in_private_network([] {
    const StrangeServer server(serve_echo);
    const StrangeTracer tracer(server.process());
    const ScenarioResult result = verify(echo_sheet("close"), Trace::yes);
    const ScenarioResult needing = verify(echo_sheet("close", "needs: trace\n"), Trace::yes);
    const std::string traced = "process " + std::to_string(server.process()) +
                               " is traced already, by process " +
                               std::to_string(tracer.process()) + " (";
    const auto told = [&](const ScenarioResult& told_by, const std::string& before) {
      return render(told_by).starts_with(before + traced);
    };
    const std::string before =
        "PASS Packets not judged: the server's calls (inferred from the packets): ";
    return std::string(told(result, before) ? "told" : render(result)) + ", " +
           (told(needing, "SKIP needs trace: ") ? "told" : render(needing)) + ", " +
           (std::ranges::any_of(result.packets, is_inferred) ? "inferred" : "seen");
  });
  CHECK(text == "told, told, inferred");
}

TEST_CASE("a sheet that needs a trace of a running server needs --trace", "[session]") {
  const std::string text = run_in_private_network([] {
    const StrangeServer server(serve_echo);
    const Scenario sheet = echo_sheet("close", "needs: trace\n");
    return render(verify(sheet, Trace::no)) + "; " + render(verify(sheet, Trace::yes));
  });
  CHECK(text == "SKIP needs trace: a server that runs already is traced with --trace only; PASS");
}

}  // namespace wireproof
