#include "judge/table_judge.h"

#include <algorithm>

#include "catch.h"
#include "judge/judge.h"
#include "judge/offline/read_evidence.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

const Endpoint kServer = endpoint("127.0.0.1:7");
const Endpoint kAlice = endpoint("127.0.0.2:40001");
const Endpoint kBob = endpoint("127.0.0.3:40002");

Scenario scenario(const std::string& text) {
  auto parsed = parse_scenario("test/one", SourceText("test/one.md", text), {});
  if (!parsed) {
    for (const Diagnostic& diagnostic : parsed.error()) UNSCOPED_INFO(diagnostic.message);
    FAIL("the sheet does not parse");
  }
  return *parsed;
}

const std::string kTwoClients = R"(# Two

## Session
```session
alice: connect
bob: connect
alice: send "a"
bob: send "b"
```
)";

std::string sheet(const std::string& head, const std::string& tables) {
  return "---\nserver: echo\n" + head + "---\n" + kTwoClients + tables;
}

// Both connect, then alice speaks, then bob.
PacketStore two_talks() {
  PacketStore store;
  TestConversation alice(store, kAlice, kServer);
  TestConversation bob(store, kBob, kServer);
  alice.handshake();
  bob.handshake();
  alice.client("a");
  bob.client("b");
  return store;
}

ScenarioResult judged(const std::string& text, const PacketStore& store) {
  const Scenario parsed = scenario(text);
  return judge(parsed, read_evidence(parsed, store, 7, 7));
}

std::vector<std::string> messages(const ScenarioResult& result) {
  std::vector<std::string> texts;
  for (const Failure& failure : result.failures) texts.push_back(failure.diagnostic.message);
  return texts;
}

using Messages = std::vector<std::string>;

}  // namespace

TEST_CASE("the order of different connections counts only where the sheet says so", "[judge]") {
  const std::string table =
      "\n## Packets\n| From | To | Info |\n|---|---|---|\n"
      "| alice | server | [SYN] |\n| server | alice | [SYN, ACK] |\n| alice | server | [ACK] |\n"
      "| bob | server | [SYN] |\n| server | bob | [SYN, ACK] |\n| bob | server | [ACK] |\n"
      "| bob | server | [PSH, ACK] |\n| alice | server | [PSH, ACK] |\n";
  CHECK(judged(sheet("", table), two_talks()).verdict == Verdict::pass);
  const ScenarioResult global = judged(sheet("order: global\n", table), two_talks());
  CHECK(global.verdict == Verdict::fail);
  CHECK(messages(global) == Messages{"row 8 was captured before row 7: packet 7 before packet 8"});
}

TEST_CASE("a table with a name has the rows of its client alone, and says whose they are",
          "[judge]") {
  const ScenarioResult result =
      judged(sheet("",
                   "\n## Packets: bob\n| From | To | Info | Len |\n|---|---|---|---|\n"
                   "| bob | server | [SYN] | |\n| server | bob | [SYN, ACK] | |\n"
                   "| bob | server | [ACK] | |\n| bob | server | [PSH, ACK] | 1 |\n"),
             two_talks());
  CHECK(messages(result) == Messages{});
  CHECK(result.verdict == Verdict::pass);
  REQUIRE(result.packets.size() == 8);
  CHECK(result.packets[7].rows == std::vector<RowLabel>{{"bob", 4}});
  CHECK(result.packets[6].rows.empty());
  CHECK(result.packets[3].from == "bob");
}

TEST_CASE("points are lost by the rows that fail, and a packet without a row is unexpected",
          "[judge]") {
  PacketStore store;
  TestConversation alice(store, kAlice, kServer);
  alice.handshake();
  alice.client("abc");
  alice.server("x");
  const std::string text =
      "---\nserver: echo\n---\n# One\n\n## Packets\n"
      "| From | To | Info | Len | Points |\n|---|---|---|---|---|\n"
      "| client | server | [SYN] | | 2 |\n| server | client | [SYN, ACK] | | |\n"
      "| client | server | [ACK] | | |\n| client | server | [PSH, ACK] | 9 | 3 |\n";
  const ScenarioResult result = judged(text, store);
  CHECK(result.verdict == Verdict::fail);
  CHECK(result.max_points == 5);
  CHECK(result.points == 2);
  REQUIRE(result.packets.size() == 5);
  CHECK(result.packets[4].remark == PacketRemark{PacketMark::unexpected});
  CHECK(result.history == "SsADd");
}

TEST_CASE("datagrams are matched as one sequence, `…` among them", "[judge]") {
  PacketStore store;
  const auto send = [&](const Endpoint& from, const Endpoint& to, std::string_view payload) {
    append(store, TestDatagram{{}, from, to, payload});
  };
  send(kAlice, kServer, "one");
  send(kServer, kAlice, "ONE");
  send(kAlice, kServer, "two");
  const std::string head =
      "---\nserver: echo\ntransport: udp\n---\n# One\n\n## Packets\n"
      "| From | To | Info | Payload |\n|---|---|---|---|\n"
      "| client | server | UDP | \"one\" |\n";
  const std::string tail = "| client | server | UDP | \"two\" |\n";
  CHECK(judged(head + "| client | server | … | |\n" + tail, store).verdict == Verdict::pass);
  const ScenarioResult missing = judged(head + tail, store);
  CHECK(missing.verdict == Verdict::fail);
  CHECK(missing.packets.at(1).remark == PacketRemark{PacketMark::unexpected});
}

}  // namespace wireproof
