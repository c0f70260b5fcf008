#include "judge/judge.h"

#include <algorithm>

#include "catch.h"
#include "judge/explain/session_walk.h"
#include "judge/offline/read_evidence.h"
#include "judge/parsed_sheet.h"
#include "result/explanation.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

constexpr const char* kEchoSheet = R"(---
server: echo
points: 4
---
# One echo

## Session
```session
connect
send "ping"
recv "pong"
recv eof
close
```

## Packets
| From   | To     | Info       | Len | Cause   | Blocked | Points |
|--------|--------|------------|-----|---------|---------|--------|
| client | server | [SYN]      |     | connect | accept  | 1      |
| server | client | [SYN, ACK] |     | accept  | connect |        |
| client | server | [ACK]      |     |         |         |        |
| client | server | [PSH, ACK] | 4   | send    | recv    | 1      |
| server | client | [PSH, ACK] | 4   | send    | recv    | 1      |
| server | client | [FIN, ACK] |     | close   | recv    | 1      |
| client | server | [FIN, ACK] |     | close   |         |        |
)";

Scenario scenario(const std::string& text) {
  Scenario parsed = parse_sheet(text);
  parsed.path = "test/one.md";
  return parsed;
}

enum class Ending { fin, rst };

PacketStore echo_packets(std::string_view reply, Ending ending) {
  PacketStore store;
  TestConversation tcp(store, endpoint("127.0.0.2:40000"), endpoint("127.0.0.1:7"));
  tcp.handshake();
  tcp.client("ping");
  tcp.server(reply);
  tcp.server("", ending == Ending::fin ? tcp_flag::kFin : tcp_flag::kRst);
  if (ending == Ending::rst) return store;
  tcp.client("", tcp_flag::kFin);
  tcp.server_ack();
  return store;
}

ScenarioResult judge_offline(const Scenario& sheet, const PacketStore& store) {
  Evidence evidence = read_evidence(sheet, store, 7, 0);
  evidence.again = "wireproof check test/one.md --capture one.pcap";
  return judge(sheet, evidence);
}

bool mentions(const ScenarioResult& result, const std::string& text) {
  return std::ranges::any_of(result.failures, [&](const Failure& failure) {
    return failure.rendered.find(text) != std::string::npos;
  });
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a capture that shows what the sheet says passes, with all points", "[judge]") {
  const ScenarioResult result =
      judge_offline(scenario(kEchoSheet), echo_packets("pong", Ending::fin));
  for (const Failure& failure : result.failures) UNSCOPED_INFO(failure.rendered);
  CHECK(result.verdict == Verdict::pass);
  CHECK(result.points == 4);
  CHECK(result.packets.size() == 8);
  CHECK(result.packets[3].rows == std::vector<RowLabel>{{"", 4}});
  CHECK(result.packets[3].from == "client");
}

TEST_CASE("each row of a packet table tells what it asks for and which packets met it", "[judge]") {
  const ScenarioResult result =
      judge_offline(scenario(kEchoSheet), echo_packets("pong", Ending::rst));
  const auto check = std::ranges::find(result.checks, CheckKind::packets, &CheckResult::kind);
  REQUIRE(check != result.checks.end());
  REQUIRE(check->packet_rows.size() == 7);
  CHECK(
      check->packet_rows[4] ==
      PacketRowResult{5, "server", "client", "[PSH, ACK] Len=4", Level::must, Verdict::pass, {4}});
  CHECK(check->packet_rows[5].info == "[FIN, ACK]");
  CHECK(check->packet_rows[5].verdict == Verdict::fail);
}

TEST_CASE("an answer with another byte fails in the session and names the byte", "[judge]") {
  const ScenarioResult result =
      judge_offline(scenario(kEchoSheet), echo_packets("pxng", Ending::fin));
  CHECK(result.verdict == Verdict::fail);
  CHECK(mentions(result, "byte 1"));
}

TEST_CASE("a failure of the session comes with the cause that the capture shows", "[judge]") {
  const ScenarioResult result =
      judge_offline(scenario(kEchoSheet), echo_packets("pon", Ending::fin));
  REQUIRE_FALSE(result.failures.empty());
  CHECK(result.failures.front().diagnostic.explanation == ExplanationId::short_reply);
  CHECK(mentions(result, "why: the reply ends 1 byte early: 3 of 4 bytes"));
  // Another byte has no cause of its own.
  const ScenarioResult other =
      judge_offline(scenario(kEchoSheet), echo_packets("pxng", Ending::fin));
  CHECK(other.failures.front().diagnostic.explanation == ExplanationId::none);
}

TEST_CASE("the bytes of a reply are known up to its first open field", "[judge]") {
  const Scenario sheet = scenario(R"(---
server: calc
---
# One
## Layout: reply
| Field  | Type |
|--------|------|
| id     | u16  |
| result | u16  |
| rest   | u8   |

## Session
```session
bob: connect
bob: send "x" in pieces of 1
bob: recv reply id=7 result=? rest=1
bob: recv "later"
```
)");
  FailedStep failed;
  failed.actor = "bob";
  failed.playing = 2;
  const SessionWalk walk = walk_session(sheet, plan_session(*sheet.session), failed);
  REQUIRE(walk.failed != nullptr);
  CHECK_FALSE(walk.expected);
  CHECK(walk.expected_head == Bytes{0, 7});
  CHECK(walk.request_in_pieces);
  REQUIRE(walk.requests.size() == 1);
  REQUIRE(walk.later.size() == 1);
  CHECK(walk.later.front().bytes.size() == 5);
}

TEST_CASE("RST for FIN names the row, the packet and why", "[judge]") {
  const ScenarioResult result =
      judge_offline(scenario(kEchoSheet), echo_packets("pong", Ending::rst));
  CHECK(result.verdict == Verdict::fail);
  CHECK(mentions(result, "row 6"));
  CHECK(mentions(result, "(packet 6"));
  CHECK(mentions(result, "RFC 1122"));
  CHECK(mentions(result, "again: wireproof check test/one.md --capture one.pcap"));
  CHECK(result.points < result.max_points);
}

TEST_CASE("a byte that was acknowledged and never captured is no verdict at all", "[judge]") {
  PacketStore store;
  TestConversation tcp(store, endpoint("127.0.0.2:40000"), endpoint("127.0.0.1:7"));
  tcp.handshake();
  tcp.skip_client("ping");
  tcp.server("pong");
  tcp.close();
  CHECK(judge_offline(scenario(kEchoSheet), store).verdict == Verdict::inconclusive);
}

TEST_CASE("what a damaged capture shows is never a failure, whatever is missing", "[judge]") {
  const Scenario sheet = scenario(kEchoSheet);
  PacketStore store;
  TestConversation(store, endpoint("127.0.0.2:40000"), endpoint("127.0.0.1:7")).handshake();
  Evidence evidence = read_evidence(sheet, store, 7, 0);
  evidence.soundness.faults.push_back("the file is damaged at offset 700");
  const ScenarioResult result = judge(sheet, evidence);
  CHECK(result.verdict == Verdict::inconclusive);
  CHECK(result.reason == "the capture is unsound: the file is damaged at offset 700");
  CHECK(result.failures.empty());
}

TEST_CASE("without a capture packet tables are skipped and never passed", "[judge]") {
  const Scenario sheet = scenario(kEchoSheet);
  const ScenarioResult result = judge(sheet, Evidence{});
  REQUIRE(result.checks.size() == 2);
  CHECK(result.checks[0].verdict == Verdict::pass);
  CHECK(result.checks[1].verdict == Verdict::skip);
  CHECK(result.reason.find("nothing was captured") != std::string::npos);
}

TEST_CASE("a sheet that expects to fail is XFAIL when it does and XPASS when not", "[judge]") {
  const Scenario sheet = scenario(replaced(kEchoSheet, "points: 4", "expect: fail"));
  CHECK(judge_offline(sheet, echo_packets("pxng", Ending::fin)).verdict == Verdict::xfail);
  CHECK(judge_offline(sheet, echo_packets("pong", Ending::fin)).verdict == Verdict::xpass);
}

TEST_CASE("an inferred call that differs is a warning, and an error when strict", "[judge]") {
  const Scenario sheet = scenario(replaced(kEchoSheet, "| [FIN, ACK] |     | close   | recv",
                                           "| [FIN, ACK] |     | close   | connect"));
  const PacketStore store = echo_packets("pong", Ending::fin);
  Evidence evidence = read_evidence(sheet, store, 7, 0);
  CHECK(judge(sheet, evidence).verdict == Verdict::pass);
  CHECK(judge(sheet, evidence).failures.size() == 1);
  evidence.strict = true;
  CHECK(judge(sheet, evidence).verdict == Verdict::fail);
}

TEST_CASE("a session that could not be played is an error whatever was captured", "[judge]") {
  const Scenario sheet = scenario(kEchoSheet);
  Evidence evidence;
  evidence.played.error = "bind 127.0.0.2:0: permission denied";
  const ScenarioResult result = judge(sheet, evidence);
  CHECK(result.verdict == Verdict::error);
  CHECK(result.reason == evidence.played.error);
}

TEST_CASE("a client that reset may have lost the end of what it sent, but sent nothing else",
          "[judge]") {
  std::string text = kEchoSheet;
  text.replace(text.find("recv \"pong\"\nrecv eof\nclose"), 26, "abort");
  text.erase(text.find("## Packets"));
  text +=
      "## Packets\n| From | To | Info |\n|---|---|---|\n| client | server | [SYN] |\n"
      "| client | server | … |\n| client | server | [RST, ACK] |\n";
  for (const auto& [sent, verdict] : {std::pair{"pi", Verdict::pass}, {"po", Verdict::fail}}) {
    PacketStore store;
    TestConversation tcp(store, endpoint("127.0.0.2:40000"), endpoint("127.0.0.1:7"));
    tcp.handshake();
    tcp.client(sent);
    tcp.client("", tcp_flag::kRst);
    CHECK(judge_offline(scenario(text), store).verdict == verdict);
  }
}

TEST_CASE("what was skipped of a session is said with the number of further steps", "[judge]") {
  const Scenario sheet = scenario(kEchoSheet);
  Evidence evidence;
  evidence.played.skipped = {"server: restart: not started by this run"};
  CHECK(judge(sheet, evidence).checks[0].reason == "server: restart: not started by this run");
  evidence.played.skipped.emplace_back("server: alive: no");
  CHECK(judge(sheet, evidence).checks[0].reason ==
        "server: restart: not started by this run (and 1 more)");
}

TEST_CASE("the reason of a result is its first error, else what was not judged", "[judge]") {
  const PacketStore good = echo_packets("pong", Ending::fin);
  Evidence evidence = read_evidence(scenario(kEchoSheet), good, 7, 0);
  evidence.untraced = "ptrace is not allowed";
  const ScenarioResult passed = judge(scenario(kEchoSheet), evidence);
  CHECK(passed.verdict == Verdict::pass);
  CHECK(
      passed.reason ==
      "Packets not judged: the server's calls (inferred from the packets): ptrace is not allowed");
  const ScenarioResult failed =
      judge_offline(scenario(kEchoSheet), echo_packets("pxng", Ending::fin));
  CHECK(failed.reason == failed.failures.front().diagnostic.message);
  // A warning is none.
  const Scenario warned = scenario(replaced(kEchoSheet, "| [FIN, ACK] |     | close   | recv",
                                            "| [FIN, ACK] |     | close   | connect"));
  CHECK(judge_offline(warned, good).failures.size() == 1);
  CHECK(judge_offline(warned, good).reason.empty());
  const Scenario xpass = scenario(replaced(kEchoSheet, "points: 4", "expect: fail"));
  CHECK(judge_offline(xpass, good).reason == "the sheet says `expect: fail`, but all checks hold");
}

TEST_CASE("of a run with an unsound capture the session stands, of a capture alone nothing",
          "[judge]") {
  const Scenario sheet = scenario(kEchoSheet);
  const PacketStore store = echo_packets("pong", Ending::fin);
  Evidence evidence = read_evidence(sheet, store, 7, 0);
  evidence.soundness.faults = {"1 packet was dropped"};
  ScenarioResult result = judge(sheet, evidence);
  CHECK(result.checks[0].verdict == Verdict::inconclusive);
  CHECK(result.checks[1].verdict == Verdict::inconclusive);
  evidence.offline = false;
  result = judge(sheet, evidence);
  CHECK(result.checks[0].verdict == Verdict::pass);
  CHECK(result.checks[1].verdict == Verdict::inconclusive);
  CHECK(result.verdict == Verdict::inconclusive);
  CHECK(result.reason == "the capture is unsound: 1 packet was dropped");
  CHECK(result.points == 0);
  CHECK(result.failures.empty());
  // So does its failure, and nothing else is told.
  const PacketStore wrong = echo_packets("pxng!", Ending::fin);
  evidence = read_evidence(sheet, wrong, 7, 0);
  evidence.offline = false;
  const std::size_t all = judge(sheet, evidence).failures.size();
  evidence.soundness.faults = {"1 packet was dropped"};
  result = judge(sheet, evidence);
  CHECK(result.checks[0].verdict == Verdict::fail);
  CHECK(result.checks[1].verdict == Verdict::inconclusive);
  CHECK(result.verdict == Verdict::fail);
  CHECK(result.failures.size() == 1);
  CHECK(all > 1);
  CHECK(result.points == 0);
}

TEST_CASE("a failure of a run says how to play it again", "[judge]") {
  const Scenario sheet = scenario(kEchoSheet);
  const PacketStore store = echo_packets("pxng", Ending::fin);
  Evidence evidence = read_evidence(sheet, store, 7, 0);
  evidence.offline = false;
  CHECK(mentions(judge(sheet, evidence), "again: wireproof run test/one.md --pcap-keep always"));
  evidence.again = "wireproof verify calc :7";
  CHECK(mentions(judge(sheet, evidence), "again: wireproof verify calc :7"));
}

TEST_CASE("a sheet's points are shared by its rows, or all or nothing", "[judge]") {
  const PacketStore wrong = echo_packets("pong", Ending::rst);
  CHECK(judge_offline(scenario(kEchoSheet), wrong).points == 3);
  const Scenario worth_more = scenario(replaced(kEchoSheet, "points: 4", "points: 8"));
  CHECK(judge_offline(worth_more, wrong).points == 6);
  CHECK(judge_offline(worth_more, wrong).max_points == 8);
  const Scenario worth_less = scenario(replaced(kEchoSheet, "points: 4", "points: 2"));
  CHECK(judge_offline(worth_less, wrong).max_points == 4);
  const Scenario expected = scenario(replaced(kEchoSheet, "points: 4", "expect: fail"));
  CHECK(judge_offline(expected, wrong).points == 4);
}

TEST_CASE("a result has the history of every connection and the packets of every call", "[judge]") {
  PacketStore store = echo_packets("pong", Ending::fin);
  TestConversation(store, endpoint("127.0.0.9:40009"), endpoint("127.0.0.1:7")).handshake();
  const Scenario sheet = scenario(kEchoSheet);
  Evidence evidence = read_evidence(sheet, store, 7, 0);
  const ScenarioResult alone = judge(sheet, evidence);
  CHECK(std::ranges::count(alone.history, ' ') == 1);
  SocketCall call;
  call.actor = "client";
  call.name = "send";
  call.result = 4;
  call.socket = 1;
  call.local = endpoint("127.0.0.2:40000");
  evidence.played.calls = {call};
  evidence.traffic = assign_traffic(decode_capture(store, 7, 0), evidence.played);
  const ScenarioResult result = judge(sheet, evidence);
  REQUIRE(result.call_packets.size() == 1);
  CHECK(result.call_packets[0].caused == std::vector<std::size_t>{3});
}

}  // namespace wireproof
