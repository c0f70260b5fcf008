#include "catch.h"
#include "judge/judge.h"
#include "judge/parsed_sheet.h"
#include "support/call_log_builder.h"

namespace wireproof {
namespace {

Scenario calls_sheet(const std::string& section) {
  const std::string text =
      "---\nserver: echo\n---\n# One echo\n\n## Session\n```session\nconnect\nsend \"ping\"\n"
      "close\n```\n\n" +
      section;
  return parse_sheet(text);
}

const std::string kServerTable =
    "## Calls: server\n| Call | Socket | Level |\n|---|---|---|\n| accept | connection | |\n"
    "| recv | connection | |\n| shutdown | connection | should |\n| close | connection | |\n";
const std::string kClientTable =
    "## Calls: client\n| Call | Socket |\n|---|---|\n| connect | connection |\n"
    "| send | connection |\n| close | connection |\n";

// A server that accepts, reads, and closes or not.
Evidence traced_evidence(bool closes) {
  CallLogBuilder log;
  log.add_accept(0, 1);
  log.add("recv", 4, 2, 3);
  if (closes) log.add_close(4, 5);
  for (std::size_t i = 0; i < log.calls.size(); ++i) {
    log.calls[i].side = Side::server;
    log.calls[i].order = i + 1;
  }
  Evidence made;
  made.tcp_port = kServer.port;
  made.played.actors = {{"client", kClient, true}};
  made.played.calls = log.calls;
  return made;
}

CheckResult check_of(const ScenarioResult& result) {
  for (const CheckResult& check : result.checks) {
    if (check.kind == CheckKind::calls) return check;
  }
  FAIL("no table of calls was judged");
  return {};
}

}  // namespace

TEST_CASE("a table of calls is judged without packets, and a should row is a warning", "[judge]") {
  const ScenarioResult result = judge(calls_sheet(kServerTable), traced_evidence(true));
  CHECK(result.verdict == Verdict::pass);
  const CheckResult check = check_of(result);
  CHECK(check.name == "Calls: server");
  REQUIRE(check.call_rows.size() == 4);
  CHECK(check.call_rows[1].met_by == std::vector<std::size_t>{1});
  CHECK(check.call_rows[2].verdict == Verdict::fail);
  CHECK(check.call_rows[2].level == Level::should);
  REQUIRE(result.failures.size() == 1);
  CHECK(result.failures.front().diagnostic.severity == Severity::warning);
}

TEST_CASE("a must row that nothing meets fails the sheet, and says what its lack means",
          "[judge]") {
  const ScenarioResult result = judge(calls_sheet(kServerTable), traced_evidence(false));
  CHECK(result.verdict == Verdict::fail);
  CHECK(result.reason ==
        "row 4: `close` expected on connection, the program made no further call there");
}

TEST_CASE("calls that nobody saw are not judged, and the reason is told", "[judge]") {
  Evidence unseen = traced_evidence(true);
  unseen.calls_unseen = "needs trace: not permitted";
  const ScenarioResult result = judge(calls_sheet(kServerTable), unseen);
  CHECK(result.verdict == Verdict::skip);
  CHECK(result.reason == "Calls: server not judged: needs trace: not permitted");
  Evidence offline = traced_evidence(true);
  offline.offline = true;
  CHECK(check_of(judge(calls_sheet(kServerTable), offline)).verdict == Verdict::skip);
  CHECK(check_of(judge(calls_sheet(kClientTable), traced_evidence(true))).reason ==
        "no call of `client` is known");
}

TEST_CASE("a client's own calls are judged as a program's", "[judge]") {
  Evidence made = traced_evidence(true);
  CallLogBuilder log;
  log.add_client("connect", 0, 0, 1);
  log.add_client("send", 4, 2, 3);
  log.add_client("close", 0, 4, 5);
  for (SocketCall& call : log.calls) call.actor = "client";
  made.played.calls.insert(made.played.calls.begin(), log.calls.begin(), log.calls.end());
  const CheckResult check = check_of(judge(calls_sheet(kClientTable), made));
  CHECK(check.verdict == Verdict::pass);
  CHECK(check.call_rows.at(2).met_by == std::vector<std::size_t>{2});
}

}  // namespace wireproof
