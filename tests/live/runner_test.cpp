#include "play/runner/runner.h"

#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "base/system/deadline.h"
#include "catch.h"
#include "live/echo_server.h"
#include "live/echo_sheet.h"
#include "machine/host/child_processes.h"
#include "machine/process/server_process.h"
#include "support/sheet_builder.h"
#include "support/skip_test.h"

namespace wireproof {
namespace {

using Catch::Matchers::StartsWith;

using Serve = std::function<int(const ServerStart&)>;

ServerTable table_of(Serve serve) {
  return {{"echo", ServerProgram{"echo", 7000, 0, std::move(serve)}}};
}

int start_echo(const ServerStart& start) {
  const UniqueFd listener = listen_on(start.tcp_port);
  say_ready(start.ready_fd);
  serve_echo(listener.get());
}

Scenario echo_scenario(const std::string& id) {
  Scenario scenario = SheetBuilder()
                          .step("connect", StepConnect{})
                          .step("send \"hello\"", send_text("hello"))
                          .step("recv \"hello\"", recv_text("hello"))
                          .step("close", StepClose{})
                          .scenario();
  scenario.id = id;
  scenario.front.server = "echo";
  return scenario;
}

RunResult run(const std::vector<Scenario>& scenarios, Serve serve, const RunOptions& options = {}) {
  return run_scenarios(scenarios, table_of(std::move(serve)), options, {});
}

// Datagrams that were received in this network, whichever socket had them.
std::uint64_t received_datagrams() {
  std::ifstream file("/proc/self/net/snmp");
  std::string word;
  std::uint64_t count = 0;
  // Two lines begin with "Udp:": the names, then the numbers, received datagrams first.
  for (int seen = 0; seen < 2 && file >> word;) seen += word == "Udp:" ? 1 : 0;
  file >> count;
  return count;
}

// A process that nobody would end by its group: its own session, and its parent gone.
void start_stray() {
  if (::fork() != 0) return;
  ::setsid();
  if (::fork() == 0) {
    for (;;) ::pause();
  }
  ::_exit(0);
}

constexpr std::chrono::milliseconds kStepLimit{300};

// Stops a process, which a child wakes again.
void stop_for(pid_t process, std::chrono::milliseconds time) {
  const pid_t waker = ::fork();
  if (waker == 0) {
    look_until(Deadline(time), [] { return false; });
    ::kill(process, SIGCONT);
    ::_exit(0);
  }
  ::kill(process, SIGSTOP);
  ::waitpid(waker, nullptr, 0);
}

RunResult run_briefly(Serve serve) {
  RunOptions options;
  options.timeout = kStepLimit;
  return run({echo_scenario("a")}, std::move(serve), options);
}

// By that clock.
void burn(clockid_t clock, Duration time) {
  const auto now = [clock] {
    timespec read{};
    ::clock_gettime(clock, &read);
    return std::chrono::seconds(read.tv_sec) + Duration(read.tv_nsec);
  };
  const Duration end = now() + time;
  while (now() < end) continue;
}

// Which uses, for that long, the only CPU that this thread may use from now on. It is no child of
// this process, whose CPU time would count as the server's.
void yield_to_busy_process(Duration time) {
  cpu_set_t first{};
  CPU_SET(0, &first);
  check_call(::sched_setaffinity(0, sizeof first, &first), "choose a CPU");
  if (::fork() == 0) {
    if (::fork() == 0) burn(CLOCK_MONOTONIC, time);
    ::_exit(0);
  }
  const sched_param lowest{};
  check_call(::sched_setscheduler(0, SCHED_IDLE, &lowest), "yield to all others");
}

bool nothing_is_left() {
  return descendant_processes(::getpid()).empty();
}

}  // namespace

TEST_CASE("every repetition of every scenario is played and counted", "[session]") {
  RunOptions options;
  options.jobs = 2;
  options.ahead = 4;
  options.repeat = 5;
  const RunResult result = run({echo_scenario("a"), echo_scenario("b")}, start_echo, options);
  REQUIRE(result.scenarios.size() == 2);
  for (const ScenarioSummary& summary : result.scenarios) {
    INFO(summary.result.reason);
    CHECK(summary.result.verdict == Verdict::pass);
    CHECK(summary.repeats == 5);
    CHECK(summary.result.soundness.captured);
    CHECK(summary.result.soundness.faults.empty());
  }
  CHECK(nothing_is_left());
}

TEST_CASE("a process plays one sheet after the other", "[session]") {
  const Serve tells = [](const ServerStart& start) -> int {
    std::printf("stage %d", ::getppid());
    std::fflush(stdout);
    return start_echo(start);
  };
  std::vector<Scenario> scenarios;
  for (int number = 0; number < 8; ++number) {
    scenarios.push_back(echo_scenario("sheet-" + std::to_string(number)));
  }
  RunOptions options;
  options.ahead = 0;
  const RunResult result = run(scenarios, tells, options);
  REQUIRE(result.scenarios.size() == scenarios.size());
  std::set<std::string> stages;
  for (const ScenarioSummary& summary : result.scenarios) {
    CHECK(summary.result.verdict == Verdict::pass);
    stages.insert(summary.result.server_output);
  }
  // Beside the one that plays another may close.
  CHECK(stages.size() <= 2);
  CHECK(nothing_is_left());
}

TEST_CASE("a caller that wants verdicts gets no packets, and the same verdicts", "[session]") {
  RunOptions options;
  options.verdicts_only = true;
  const RunResult result = run({echo_scenario("a")}, start_echo, options);
  REQUIRE(result.scenarios.size() == 1);
  CHECK(result.scenarios[0].result.verdict == Verdict::pass);
  CHECK(result.scenarios[0].result.packets.empty());
  CHECK(result.scenarios[0].result.steps.empty());
  CHECK_FALSE(result.scenarios[0].result.checks.empty());
}

TEST_CASE("the capture ends after the server's FIN, even where the server closes late",
          "[session]") {
  const Serve late = [](const ServerStart& start) -> int {
    const UniqueFd listener = listen_on(start.tcp_port);
    say_ready(start.ready_fd);
    for (;;) {
      const UniqueFd connection = accept_one(listener.get());
      // Only markers are datagrams here: it closes after the first marker of the end.
      const std::uint64_t before = received_datagrams();
      echo(connection.get());
      while (received_datagrams() == before) ::sched_yield();
    }
  };
  const RunResult result = run({echo_scenario("late")}, late);
  REQUIRE(result.scenarios.size() == 1);
  const std::string& history = result.scenarios[0].result.history;
  INFO(history);
  CHECK(history.find('F') != std::string::npos);
  CHECK(history.find('f') != std::string::npos);
}

TEST_CASE("a stage that is killed is an error, and the others are played", "[session]") {
  const Serve killer = [](const ServerStart& start) -> int {
    const UniqueFd listener = listen_on(start.tcp_port);
    say_ready(start.ready_fd);
    const UniqueFd connection = echo_one(listener.get());
    if (start.parameters.contains("kill")) ::kill(::getppid(), SIGKILL);
    serve_echo(listener.get());
  };
  Scenario killed = echo_scenario("killed");
  killed.front.parameters["kill"] = "yes";
  RunOptions options;
  options.ahead = 2;
  const RunResult result = run({killed, echo_scenario("other")}, killer, options);
  REQUIRE(result.scenarios.size() == 2);
  CHECK(result.scenarios[0].result.verdict == Verdict::error);
  CHECK(result.scenarios[0].result.reason.find("signal Killed") != std::string::npos);
  CHECK(result.scenarios[1].result.verdict == Verdict::pass);
  CHECK(nothing_is_left());
}

TEST_CASE("a server that does not start is an error that says what it said", "[session]") {
  const Serve refuses = [](const ServerStart&) -> int { throw std::runtime_error("no luck"); };
  const RunResult result = run({echo_scenario("refused")}, refuses);
  REQUIRE(result.scenarios.size() == 1);
  CHECK(result.scenarios[0].result.verdict == Verdict::error);
  CHECK(result.scenarios[0].result.reason ==
        "start the server on 127.0.0.1:7000: it exited with code 1 before it listened; it said: "
        "no luck\n");
}

TEST_CASE("a start command is ready once it listens on the port it was given", "[session]") {
  Scenario scenario = echo_scenario("command");
  scenario.front.server.clear();
  scenario.front.command =
      std::filesystem::read_symlink("/proc/self/exe").string() + " --listen-on {port}";
  const RunResult result = run({scenario}, {});
  REQUIRE(result.scenarios.size() == 1);
  INFO(result.scenarios[0].result.reason);
  CHECK(result.scenarios[0].result.verdict == Verdict::pass);
  CHECK(result.scenarios[0].result.server_output == "listening\n");
  CHECK(nothing_is_left());
}

TEST_CASE("nothing is claimed of a server that was stopped", "[session]") {
  const auto result = run_briefly([](const ServerStart& start) -> int {
    const UniqueFd listener = listen_on(start.tcp_port);
    say_ready(start.ready_fd);
    for (;;) {
      const UniqueFd connection(::accept(listener.get(), nullptr, nullptr));
      stop_for(::getpid(), 2 * kStepLimit);
    }
  });
  const ScenarioResult& only = result.scenarios.front().result;
  CHECK(only.verdict == Verdict::inconclusive);
  CHECK_THAT(only.reason, StartsWith("the server was stopped by a signal for "));
  CHECK(only.replays == 3);
}

TEST_CASE("nothing is claimed of a server whose thread got no CPU and ended since", "[session]") {
  RunOptions options;
  options.timeout = kStepLimit;
  const auto result = run(
      {echo_scenario("a")},
      [](const ServerStart& start) -> int {
        const UniqueFd listener = listen_on(start.tcp_port);
        say_ready(start.ready_fd);
        for (;;) {
          UniqueFd connection = accept_one(listener.get());
          std::thread([connection = std::move(connection)] {
            yield_to_busy_process(kStepLimit * 3 / 2);
            burn(CLOCK_THREAD_CPUTIME_ID, kStepLimit / 3);
            echo(connection.get());
          }).detach();
        }
      },
      options);
  const ScenarioResult& only = result.scenarios.front().result;
  CHECK(only.verdict == Verdict::inconclusive);
  CHECK_THAT(only.reason, StartsWith("a step ran out of time"));
}

TEST_CASE("nothing is claimed of a run that stood still", "[session]") {
  const auto result = run_briefly([](const ServerStart& start) -> int {
    const UniqueFd listener = listen_on(start.tcp_port);
    say_ready(start.ready_fd);
    const UniqueFd connection(::accept(listener.get(), nullptr, nullptr));
    stop_for(::getppid(), 2 * kStepLimit);  // the process that plays the sheet
    for (;;) ::pause();
  });
  const ScenarioResult& only = result.scenarios.front().result;
  CHECK(only.verdict == Verdict::inconclusive);
  CHECK_THAT(only.reason, StartsWith("the machine stood still for "));
}

TEST_CASE("nothing is claimed of a silence in which the run stood still", "[session]") {
  RunOptions options;
  options.timeout = kStepLimit;
  const auto result = run(
      {echo_sheet("a", ServerAction::idle)},
      [](const ServerStart& start) -> int {
        const UniqueFd listener = listen_on(start.tcp_port);
        say_ready(start.ready_fd);
        const UniqueFd connection(::accept(listener.get(), nullptr, nullptr));
        stop_for(::getppid(), kStepLimit / 2);  // no step runs out of time
        echo(connection.get());
        for (;;) ::pause();
      },
      options);
  const ScenarioResult& only = result.scenarios.front().result;
  CHECK(only.verdict == Verdict::inconclusive);
  CHECK_THAT(only.reason, StartsWith("the machine stood still for "));
}

TEST_CASE("a server that is awake and gets no CPU is not idle", "[session]") {
  RunOptions options;
  options.timeout = kStepLimit;
  const auto result = run(
      {echo_sheet("a", ServerAction::idle)},
      [](const ServerStart& start) -> int {
        const UniqueFd listener = listen_on(start.tcp_port);
        say_ready(start.ready_fd);
        echo(accept_one(listener.get()).get());
        constexpr std::chrono::seconds kLonger{30};  // than the play, which ends it
        yield_to_busy_process(kLonger);
        burn(CLOCK_MONOTONIC, kLonger);
        return 0;
      },
      options);
  CHECK(result.scenarios.front().result.verdict != Verdict::pass);
}

TEST_CASE("a wrong answer stays wrong however the machine stood", "[session]") {
  const auto result = run({echo_scenario("a")}, [](const ServerStart& start) -> int {
    const UniqueFd listener = listen_on(start.tcp_port);
    say_ready(start.ready_fd);
    for (;;) {
      const UniqueFd connection(::accept(listener.get(), nullptr, nullptr));
      stop_for(::getpid(), kStepLimit);
      write_all(connection.get(), "jello", "answer");
    }
  });
  CHECK(result.scenarios.front().result.verdict == Verdict::fail);
}

TEST_CASE("a program that does not start tells its other port, or what its errno means",
          "[session]") {
  const auto reason = [](const std::string& command) -> std::string {
    ServerLaunch launch;
    launch.command = command;
    launch.start.host = "127.0.0.1";
    launch.start.tcp_port = 7000;
    launch.start_limit = std::chrono::milliseconds(2000);
    try {
      const ServerProcess server(launch);
    } catch (const ServerStartError& error) {
      return error.what();
    }
    return "it started";
  };
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string other = reason(self + " --listen-on 7001");
  INFO(other);
  CHECK(other.find("it listens on ") != std::string::npos);
  CHECK(other.find("7001") != std::string::npos);
  const std::string address = reason("echo 'bind: Cannot assign requested address'; exit 1");
  INFO(address);
  CHECK(address.find("; it binds an address that this machine does not have") != std::string::npos);
}

TEST_CASE("processes that a server left behind end with the scenario", "[session]") {
  const RunResult result = run({echo_scenario("stray")}, [](const ServerStart& start) {
    start_stray();
    return start_echo(start);
  });
  CHECK(result.scenarios.at(0).result.verdict == Verdict::pass);
  CHECK(nothing_is_left());
}

TEST_CASE("Ctrl-C ends a run with what is there and leaves no process", "[session]") {
  const pid_t runner = ::getpid();
  const Serve interrupts = [runner](const ServerStart& start) -> int {
    start_stray();
    const UniqueFd listener = listen_on(start.tcp_port);
    say_ready(start.ready_fd);
    if (start.parameters.contains("interrupt")) {
      const UniqueFd connection = accept_one(listener.get());
      ::kill(runner, SIGINT);
      for (;;) ::pause();
    }
    serve_echo(listener.get());
  };
  Scenario interrupting = echo_scenario("interrupting");
  interrupting.front.parameters["interrupt"] = "yes";
  // Nothing but the signal ends it.
  for (Step& step : interrupting.session->steps) step.within = std::chrono::minutes(5);
  const RunResult result = run({interrupting, echo_scenario("other")}, interrupts);
  CHECK(result.interrupted);
  CHECK(exit_code(result) == 130);
  CHECK(nothing_is_left());
}

TEST_CASE("without capture the session alone is judged", "[session]") {
  RunOptions options;
  options.capture = false;
  const RunResult result = run({echo_scenario("plain")}, start_echo, options);
  CHECK(result.scenarios.at(0).result.verdict == Verdict::pass);
  CHECK_FALSE(result.scenarios.at(0).result.soundness.captured);
}

TEST_CASE("without capture a path carries packets that are not judged", "[session]") {
  Scenario scenario = echo_scenario("path");
  scenario.front.path.delay = std::chrono::milliseconds(1);
  RunOptions options;
  for (const bool captures : {true, false}) {
    options.capture = captures;
    const RunResult result = run({scenario}, start_echo, options);
    const ScenarioResult& played = result.scenarios.at(0).result;
    if (played.verdict == Verdict::skip) return skip_test(played.reason);
    CHECK(played.verdict == Verdict::pass);
    CHECK(played.soundness.captured == captures);
    CHECK(played.packets.empty() == !captures);
  }
}

TEST_CASE("what a path holds until the end is lost, and the step behind it told by which rule",
          "[session]") {
  const std::string text =
      "---\ntransport: udp\n---\n# One\n\n## Session\n```session\norigin: listen 5000\n"
      "client: connect\nclient: send \"1\"\norigin: accept within 50ms\n```\n\n## Path\n"
      "| Packets | From | Do |\n|---|---|---|\n| UDP | client | swap with next |\n";
  const auto sheet = parse_scenario("held", SourceText("held.md", text), {});
  REQUIRE(sheet);
  const RunResult result = run({*sheet}, start_echo);
  const ScenarioResult& played = result.scenarios.at(0).result;
  if (played.verdict == Verdict::skip) return skip_test(played.reason);
  REQUIRE(played.packets.size() == 1);
  CHECK(played.packets[0].fate == PacketFate::lost);
  REQUIRE(played.failures.size() == 1);
  const auto& notes = played.failures[0].diagnostic.notes;
  const auto why = std::ranges::find(notes, "why", &Note::label);
  REQUIRE(why != notes.end());
  CHECK_THAT(why->text, StartsWith("packet 1 did not come as it was sent: rule 1 of the sheet's "
                                   "Path held it for ever"));
}

TEST_CASE("with fail-fast nothing is judged after the first failure", "[session]") {
  Scenario failing = echo_scenario("failing");
  failing.front.server = "unknown";
  RunOptions options;
  options.ahead = 0;
  options.fail_fast = true;
  const RunResult result = run({failing, echo_scenario("later")}, start_echo, options);
  REQUIRE(result.scenarios.size() == 2);
  CHECK(result.scenarios[0].result.verdict == Verdict::error);
  CHECK(result.scenarios[1].result.verdict == Verdict::skip);
}

}  // namespace wireproof
