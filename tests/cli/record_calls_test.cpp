#include "cli/options/record_calls.h"

#include "catch.h"
#include "support/call_log_builder.h"

namespace wireproof {
namespace {

const std::string kHead =
    "---\nserver: echo-text\n---\n# T\n\n## Session\n```session\nconnect\nrecv eof\nclose\n```\n";

Scenario sheet(const std::string& table) {
  auto parsed = parse_scenario("t", SourceText("t.md", kHead + table), {});
  REQUIRE(parsed);
  return *std::move(parsed);
}

// accept, recv 4, close, of the client's only connection.
ScenarioResult served_one() {
  CallLogBuilder log;
  log.add_client("connect", 0, 0, 1).actor = "client";
  log.add_accept(0, 1);
  log.add("recv", 4, 2, 3);
  log.add_close(4, 5);
  for (std::size_t i = 1; i < log.calls.size(); ++i) {
    log.calls[i].side = Side::server;
    log.calls[i].order = i;
  }
  ScenarioResult result;
  result.calls = log.calls;
  return result;
}

const std::string kTableHead =
    "\n## Calls: server\n| Nr | Call | Socket | Note |\n|---|---|---|---|\n";

}  // namespace

TEST_CASE("recording leaves a table of calls alone that matches", "[cli]") {
  const Scenario scenario =
      sheet(kTableHead + "| 1 | accept | connection | a |\n| 2 | … | connection | b |\n");
  CHECK(record_calls(scenario, served_one(), false) == scenario.source.text());
}

TEST_CASE("recording keeps the rows of calls that are met and writes those that are not there",
          "[cli]") {
  const Scenario scenario = sheet(kTableHead +
                                  "| 1 | accept | connection | a |\n| 2 | send | connection | b |\n"
                                  "| 3 | close | connection | c |\n");
  CHECK(record_calls(scenario, served_one(), false) ==
        kHead + kTableHead + "| 1 | accept | connection | a |\n|  | recv | connection |  |\n" +
            "| 3 | close | connection | c |\n");
}

TEST_CASE("recording adds a table of calls where it is asked for", "[cli]") {
  const std::string text = record_calls(sheet("recv"), served_one(), true);
  CHECK(text.find("## Calls: server\n") != std::string::npos);
  CHECK(text.find("| recv   | connection | returns=4 |") != std::string::npos);
  CHECK(record_calls(sheet("recv"), served_one(), false).find("Calls") == std::string::npos);
}

}  // namespace wireproof
