#include <fmt/format.h>

#include <algorithm>

#include "catch.h"
#include "live/python.h"
#include "play/runner/runner.h"

namespace wireproof {
namespace {

const std::string kFront =
    "---\ncommand: \"{} {} {{port}}\"\ntransport: tcp\n---\n# What is called\n\n";
constexpr const char* kOneClient = R"(## Session
```session
connect
send "hello"
recv "hello"
close
```

)";
constexpr const char* kTwoClients = R"(## Session
```session
alice: connect
bob: connect
bob: send "hello"
bob: recv "hello"
alice: send "hello"
alice: recv "hello"
alice: close
bob: close
```

)";
constexpr const char* kSerial = R"(## Calls: server
| Call       | Socket     | Arguments    |
|------------|------------|--------------|
| socket     | listener   |              |
| setsockopt | listener   | SO_REUSEADDR |
| bind       | listener   | port=server  |
| listen     | listener   | backlog=5    |
| accept     | connection |              |
| recv       | connection | returns=5    |
| send       | connection | returns=5    |
| recv       | connection | returns=0    |
| close      | connection |              |
)";
constexpr const char* kForked = R"(## Calls: server
| Call          | Socket     | Arguments | Process |
|---------------|------------|-----------|---------|
| …             | listener   |           |         |
| listen        | listener   |           |         |
| accept        | connection |           |         |
| fork          | connection |           | parent  |
| exactly close | listener   |           | child   |
| exactly close | connection |           | parent  |
| recv          | connection |           | child   |
| send          | connection |           | child   |
| recv          | connection | returns=0 | child   |
| exactly close | connection |           | child   |
)";

ScenarioResult play(const std::string& text) {
  const auto scenario = parse_scenario("calls", SourceText("calls.md", text), {});
  REQUIRE(scenario);
  RunOptions options;
  options.command_folder = WIREPROOF_SOURCE_DIR;
  const RunResult run = run_scenarios({*scenario}, {}, options, {});
  REQUIRE(run.scenarios.size() == 1);
  return run.scenarios.front().result;
}

ScenarioResult play(const std::string& program, const std::string& mode, const std::string& body) {
  return play(fmt::format(fmt::runtime(kFront), program, mode) + body);
}

std::string first_failure(const ScenarioResult& result) {
  const auto found = std::ranges::find_if(result.failures, [](const Failure& failure) {
    return failure.diagnostic.severity == Severity::error;
  });
  return found == result.failures.end() ? result.reason : found->diagnostic.message;
}

struct Played {
  std::string mode;
  std::string message;  // empty: it passes
};

void check_all(const std::string& program, const std::string& body,
               const std::vector<Played>& all) {
  for (const auto& [mode, message] : all) {
    const ScenarioResult result = play(program, mode, body);
    INFO(mode << ": " << result.reason);
    CHECK(first_failure(result) == message);
    CHECK(result.verdict == (message.empty() ? Verdict::pass : Verdict::fail));
  }
}

}  // namespace

TEST_CASE("a table of calls passes a right server, and names the row of a wrong one",
          "[session][calls]") {
  check_all(
      CALLING_SERVER, std::string(kOneClient) + kSerial,
      {{"right", ""},
       {"writev", ""},
       {"no-option", "row 2: `setsockopt` expected on listener, the program called bind first"},
       {"no-backlog", "row 4: `listen` called on listener with another backlog: 0 instead of 5"},
       {"early", "row 8: `recv` expected on connection, the program called close first"},
       {"no-close",
        "row 9: `close` expected on connection, the program made no further call there"},
       {"shutdown", "the program called `shutdown SHUT_WR` on connection, where no row has it"}});
}

TEST_CASE("both copies of a forked server's sockets are asked for", "[session][calls]") {
  check_all(
      CALLING_SERVER, std::string(kOneClient) + kForked,
      {{"fork", ""},
       {"fork-keeps-listener",
        "row 5: `exactly close` expected on listener, the program made no further call there"},
       {"fork-keeps",
        "row 6: `exactly close` expected on connection, the program called recv first"},
       {"right", "row 4: `fork` expected on connection, the program called recv first"}});
}

TEST_CASE("each client's connection is judged on its own, whichever thread runs first",
          "[session][calls]") {
  if (!has_python()) return;
  check_all(
      "python3 tests/fixtures/calls/server.py", std::string(kTwoClients) + kSerial,
      {{"right", ""},
       {"no-option", "row 2: `setsockopt` expected on listener, the program called bind first"},
       {"detach",
        "row 9: `close` expected on connection, the program made no further call there"}});
}

TEST_CASE("a result has the rows of a table, each with the calls that met it", "[session][calls]") {
  const ScenarioResult result =
      play(CALLING_SERVER, "no-backlog", std::string(kOneClient) + kSerial);
  const auto check = std::ranges::find(result.checks, CheckKind::calls, &CheckResult::kind);
  REQUIRE(check != result.checks.end());
  CHECK(check->name == "Calls: server");
  REQUIRE(check->call_rows.size() == 9);
  for (const CallRowResult& row : check->call_rows) {
    INFO(row.call);
    CHECK(row.verdict == (row.number == 4 ? Verdict::fail : Verdict::pass));
    REQUIRE(row.met_by.size() == 1);
    CHECK(row.call.starts_with(result.calls.at(row.met_by.front()).name));
  }
}

TEST_CASE("the connection that a relay opens to an actor is no client's", "[session][calls]") {
  if (!has_python()) return;
  const ScenarioResult result = play(R"(---
command: "python3 docs/examples/listening/relay.py {port} 8080"
port: 9000
---
# A relay

## Session
```session
origin: listen 8080
connect
send "ping"
origin: accept
origin: recv "ping"
shutdown
origin: recv eof
origin: close
recv eof
close
```

## Calls: server
| Call   | Socket     |
|--------|------------|
| accept | connection |
| recv   | connection |
| …      | connection |
)");
  INFO(first_failure(result));
  CHECK(result.verdict == Verdict::pass);
}

}  // namespace wireproof
