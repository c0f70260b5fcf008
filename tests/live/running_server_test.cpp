#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <utility>

#include "catch.h"
#include "live/echo_server.h"
#include "live/echo_sheet.h"
#include "live/strange_server.h"
#include "play/runner/runner.h"
#include "support/in_private_network.h"
#include "support/sheet_builder.h"

namespace wireproof {
namespace {

RunResult verify(const std::vector<Scenario>& scenarios, const ResultSink& sink = {}) {
  RunOptions options;
  options.one_server = true;
  options.running = RunningServer{*parse_ip_address("127.0.0.1"), StrangeServer::kPort, 0};
  const ServerTable servers{{"echo", ServerProgram{"echo", StrangeServer::kPort, 0, {}}}};
  return run_scenarios(scenarios, servers, options, sink);
}

// "a PASS; b SKIP not played: …".
std::string render(const RunResult& run) {
  std::string text;
  for (const ScenarioSummary& summary : run.scenarios) {
    const ScenarioResult& result = summary.result;
    text += (text.empty() ? "" : "; ") + result.id + " " + render_verdict(result.verdict);
    if (!result.reason.empty()) text += " " + result.reason;
  }
  return text;
}

}  // namespace

TEST_CASE("a server that runs already is judged with its own packets and process", "[session]") {
  const std::string text = run_in_private_network([] {
    const StrangeServer server(serve_echo);
    const RunResult run = verify({echo_sheet("a", ServerAction::idle)});
    const ScenarioResult& result = run.scenarios.at(0).result;
    return render(run) + " " + (result.soundness.faults.empty() ? "sound " : "unsound ") +
           result.history;
  });
  INFO(text);
  CHECK(text.starts_with("a PASS sound S"));
  CHECK(text.find('F') != std::string::npos);
  CHECK(text.find('f') != std::string::npos);
}

TEST_CASE("what only a started server can be asked to do is not judged of another", "[session]") {
  const std::string text = run_in_private_network([] {
    const StrangeServer server(serve_echo);
    return render(verify({echo_sheet("a", ServerAction::restart)}));
  });
  CHECK(text == "a PASS Session not judged: server: act: the server was not started by this run");
}

TEST_CASE("where no server answers that is one error", "[session]") {
  const std::string text = run_in_private_network([] {
    return render(
        verify({echo_sheet("a", ServerAction::alive), echo_sheet("b", ServerAction::alive)}));
  });
  CHECK(text ==
        "a ERROR no server answers: TCP 127.0.0.1:7000: refused: nothing listens on the "
        "server's port; "
        "b SKIP not played: no server answers (see a)");
}

TEST_CASE("a server that died is named with the sheet after which it no longer answers",
          "[session]") {
  const std::string text = run_in_private_network([] {
    const StrangeServer server([](int listener) {
      echo_one(listener);
      accept_one(listener).release();  // and then it ends, and with it first the listening socket
    });
    return render(verify({echo_sheet("a", ServerAction::idle), echo_sheet("b", ServerAction::idle),
                          echo_sheet("c", ServerAction::idle)}));
  });
  CHECK(text ==
        "a PASS; b FAIL after this sheet the server no longer answers; "
        "c SKIP not played: the server no longer answers after b");
}

TEST_CASE("a server that is gone when a sheet begins was ended by the one before", "[session]") {
  const std::string text = run_in_private_network([] {
    // It listens until the first sheet is judged.
    std::array<int, 2> judged{};
    REQUIRE(::pipe(judged.data()) == 0);
    const StrangeServer server([&judged](int listener) {
      echo_one(listener);
      ::close(judged[1]);
      char byte = 0;
      while (::read(judged[0], &byte, 1) > 0) {
      }
    });
    const auto end_server = [&](const ScenarioResult&) {
      ::close(std::exchange(judged[1], -1));
      server.await_end();
    };
    std::string verdicts = render(
        verify({echo_sheet("a", ServerAction::restart), echo_sheet("b", ServerAction::restart),
                echo_sheet("c", ServerAction::restart)},
               end_server));
    ::close(judged[0]);
    return verdicts;
  });
  INFO(text);
  CHECK(text.find("b ERROR the server no longer answers after a: ") != std::string::npos);
  CHECK(text.find("c SKIP not played: the server no longer answers after a") != std::string::npos);
}

TEST_CASE("the other clients of a running server are none of a session's business", "[session]") {
  const std::string text = run_in_private_network([] {
    const StrangeServer server(serve_echo);
    // Connects and sends without an end while the sheet is played.
    const pid_t other = ::fork();
    if (other == 0) {
      for (;;)
        SheetBuilder()
            .step("connect", StepConnect{})
            .step("close", StepClose{})
            .play(StrangeServer::kPort);
    }
    const RunResult run = verify({echo_sheet("a", ServerAction::alive)});
    ::kill(other, SIGKILL);
    ::waitpid(other, nullptr, 0);
    return render(run) + " " + std::to_string(run.scenarios.at(0).result.packets.size() < 13);
  });
  CHECK(text == "a PASS 1");
}

}  // namespace wireproof
