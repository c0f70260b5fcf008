#include <fmt/format.h>

#include <algorithm>

#include "catch.h"
#include "judge/diagnostic_note.h"
#include "judge/ends.h"
#include "judge/judge.h"
#include "judge/offline/read_evidence.h"
#include "judge/parsed_sheet.h"

namespace wireproof {
namespace {

Scenario table_sheet(const std::string& front, const std::string& rows) {
  const std::string text =
      "---\nserver: echo\n" + front +
      "---\n# Two clients\n\n## Session\n```session\nalice: connect\n"
      "bob: connect\nudp-eve: connect\nalice: recv eof\nbob: recv eof\n```\n\n## Packets\n"
      "| From | To | Info | Len | Level |\n|---|---|---|---|---|\n" +
      rows;
  return parse_sheet(text);
}

Evidence captured_evidence(const PacketStore& store) {
  Evidence made;
  made.tcp_port = made.udp_port = 7;
  made.played.actors = {{"alice", kAlice, true},
                        {"bob", kBob, true},
                        {"udp-eve", kAlice, false},
                        {"udp-eve", kBob, false}};
  made.traffic = assign_traffic(decode_capture(store, 7, 7), made.played);
  return made;
}

SectionJudgement judge_table(const Scenario& scenario, const PacketStore& store) {
  return judge_table(scenario.packet_tables.front(), scenario, captured_evidence(store));
}

std::string messages(const SectionJudgement& judged) {
  std::string text;
  for (const Diagnostic& failure : judged.failures) text += failure.message + "\n";
  return text;
}

PacketStore handshakes() {
  PacketStore store;
  TestConversation(store, kBob, kEchoServer).handshake();
  TestConversation(store, kAlice, kEchoServer).handshake();
  return store;
}

std::string handshake_rows(const std::string& actor) {
  return "| " + actor + " | server | [SYN] | | |\n| server | " + actor + " | [SYN, ACK] | | |\n";
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

// Both connect, then alice speaks, then bob.
PacketStore two_talks() {
  PacketStore store;
  TestConversation alice(store, kAlice, kEchoServer);
  TestConversation bob(store, kBob, kEchoServer);
  alice.handshake();
  bob.handshake();
  alice.client("a");
  bob.client("b");
  return store;
}

ScenarioResult judged_capture(const std::string& text, const PacketStore& store) {
  const Scenario parsed = parse_sheet(text);
  return judge(parsed, read_evidence(parsed, store, 7, 7));
}

std::string messages(const ScenarioResult& result) {
  std::string text;
  for (const Failure& failure : result.failures) text += failure.diagnostic.message + "\n";
  return text;
}

}  // namespace

TEST_CASE("a FIN that was never read is told from one that was, of a client who ended before",
          "[judge]") {
  PacketStore store;
  TestConversation alice(store, kAlice, kEchoServer);
  TestConversation bob(store, kBob, kEchoServer);
  alice.handshake();
  bob.handshake();
  alice.server("x");
  bob.server("x");
  alice.close();
  bob.client("", tcp_flag::kFin);
  const std::string rest =
      " | [PSH, ACK] | 1 | |\n| alice | server | [FIN, ACK] | | |\n| server | alice | [FIN, ACK] "
      "| | |\n";
  std::string rows = handshake_rows("alice") + handshake_rows("bob");
  rows += "| server | alice" + rest + "| server | bob | [PSH, ACK] | 1 | |\n";
  rows += "| bob | server | [FIN, ACK] | | |\n| server | bob | [FIN, ACK] | | |\n";
  const Scenario scenario = table_sheet("", rows);
  const auto why = [&](std::uint32_t unread) {
    Evidence evidence = captured_evidence(store);
    evidence.holders = {{kBob, 42, true, false, unread}};
    const SectionJudgement judged = judge_table(scenario.packet_tables.front(), scenario, evidence);
    return judged.failures.empty() ? "" : note(judged.failures.front(), "why");
  };
  CHECK(why(1).find("that of alice, who ended before, was") != std::string::npos);
  CHECK(why(0).find("stays in CLOSE-WAIT") != std::string::npos);
  CHECK(why(0).find("alice") == std::string::npos);
}

TEST_CASE("rows of different connections have an order only where the sheet says so", "[judge]") {
  const PacketStore store = handshakes();
  const std::string alice_first = handshake_rows("alice") + handshake_rows("bob");
  const std::string bob_first = handshake_rows("bob") + handshake_rows("alice");
  CHECK(judge_table(table_sheet("", alice_first), store).check.verdict == Verdict::pass);
  CHECK(judge_table(table_sheet("order: global\n", bob_first), store).check.verdict ==
        Verdict::pass);
  const SectionJudgement judged = judge_table(table_sheet("order: global\n", alice_first), store);
  CHECK(judged.check.verdict == Verdict::fail);
  CHECK(messages(judged) ==
        "row 3 was captured before row 2: packet 1 before packet 5\n"
        "row 4 was captured before row 2: packet 2 before packet 5\n");
  REQUIRE_FALSE(judged.failures.empty());
  CHECK(judged.failures[0].span ==
        table_sheet("order: global\n", alice_first).packet_tables[0].rows[2].place.row);
}

TEST_CASE("a connection without rows fails the table with each of its packets", "[judge]") {
  const SectionJudgement judged =
      judge_table(table_sheet("", handshake_rows("alice")), handshakes());
  CHECK(judged.check.verdict == Verdict::fail);
  CHECK(messages(judged) ==
        "packet 1 belongs to a connection without rows\n"
        "packet 2 belongs to a connection without rows\n");
  REQUIRE(judged.failures.size() == 2);
  CHECK(judged.failures[0].severity == Severity::error);
  CHECK(note(judged.failures[0], "captured") ==
        "client > server  [SYN] Seq=0 Len=0  (packet 1, 0.000 ms)");
  CHECK(note(judged.failures[1], "captured").starts_with("server > client  [SYN, ACK]"));
  CHECK(judged.notes.at(0).remark == PacketRemark{PacketMark::unexpected});
  CHECK(judged.notes.at(3).rows == std::vector<RowLabel>{{"", 1}});
  CHECK(judged.notes.at(3).remark == PacketRemark{});
}

TEST_CASE("a packet that its actor's rows leave out has no row", "[judge]") {
  PacketStore store;
  TestConversation tcp(store, kAlice, kEchoServer);
  tcp.handshake();
  tcp.client("ping");
  const SectionJudgement judged = judge_table(table_sheet("", handshake_rows("alice")), store);
  CHECK(messages(judged) == "packet 4 has no row\n");
}

TEST_CASE("a packet without a row is told where the row that misses one is not judged", "[judge]") {
  PacketStore all;
  TestConversation tcp(all, kAlice, kEchoServer);
  tcp.handshake();
  tcp.client("", tcp_flag::kFin);
  tcp.client("", tcp_flag::kFin);  // at the number behind the first one
  PacketStore store;
  for (std::size_t index = 1; index < all.size(); ++index) store.append(all.at(index));
  const ScenarioResult result = judged_capture(
      "---\nserver: calc\n---\n# One\n\n## Session\n```session\nalice: connect\nalice: "
      "close\n```\n\n"
      "## Packets\n| From | To | Info |\n|---|---|---|\n"
      "| alice | server | [SYN] |\n| server | alice | [SYN, ACK] |\n"
      "| alice | server | [ACK] |\n| alice | server | [FIN, ACK] |\n",
      store);
  CHECK(result.verdict == Verdict::fail);
  CHECK(messages(result).find("packet 4 has no row\n") != std::string::npos);
}

TEST_CASE("what differs counts as the weaker of the row's level and the difference's", "[judge]") {
  PacketStore store;
  TestConversation(store, kAlice, kEchoServer).handshake();
  const auto judged = [&](const std::string& level, bool strict) {
    const Scenario scenario = table_sheet("", "| alice | server | [SYN] Win=1 | | " + level +
                                                  " |\n| server | alice | [SYN, ACK] | | |\n");
    Evidence seen = captured_evidence(store);
    seen.strict = strict;
    return judge_table(scenario.packet_tables.front(), scenario, seen);
  };
  CHECK(judged("must", false).check.verdict == Verdict::fail);
  CHECK(judged("should", true).check.verdict == Verdict::fail);
  const SectionJudgement should = judged("should", false);
  CHECK(should.check.verdict == Verdict::pass);
  REQUIRE_FALSE(should.failures.empty());
  CHECK(should.failures[0].severity == Severity::warning);
  CHECK(judged("info", true).failures.empty());
}

TEST_CASE("datagrams of one actor over several sockets are one sequence", "[judge]") {
  PacketStore store;
  append(store, TestDatagram{{}, kBob, kEchoServer, "12345"});
  append(store, TestDatagram{{}, kAlice, kEchoServer, "1"});
  append(store, TestDatagram{{}, kEchoServer, kBob, "123"});
  std::string rows =
      "| udp-eve | server | UDP | 5 | |\n| udp-eve | server | UDP | 1 | |\n"
      "| server | udp-eve | UDP | 3 | |\n";
  const auto judge_rows = [&](const std::string& text) {
    Scenario scenario = table_sheet("transport: tcp+udp\n", text);
    return judge_table(scenario, store);
  };
  CHECK(judge_rows(rows).check.verdict == Verdict::pass);
  rows.replace(rows.find("| 3 |"), 5, "| 4 |");
  const SectionJudgement judged = judge_rows(rows);
  CHECK(judged.check.verdict == Verdict::fail);
  REQUIRE_FALSE(judged.failures.empty());
  CHECK(note(judged.failures[0], "captured").find("UDP Len=3  (packet 3") != std::string::npos);
}

TEST_CASE("a table with a name has the rows of its client alone, and says whose they are",
          "[judge]") {
  const ScenarioResult result =
      judged_capture("---\nserver: echo\n---\n" + kTwoClients +
                         "\n## Packets: bob\n| From | To | Info | Len |\n|---|---|---|---|\n"
                         "| bob | server | [SYN] | |\n| server | bob | [SYN, ACK] | |\n"
                         "| bob | server | [ACK] | |\n| bob | server | [PSH, ACK] | 1 |\n",
                     two_talks());
  CHECK(messages(result).empty());
  CHECK(result.verdict == Verdict::pass);
  REQUIRE(result.packets.size() == 8);
  CHECK(result.packets[7].rows == std::vector<RowLabel>{{"bob", 4}});
  CHECK(result.packets[6].rows.empty());
  CHECK(result.packets[3].from == "bob");
}

TEST_CASE("points are lost by the rows that fail, and a packet without a row is unexpected",
          "[judge]") {
  PacketStore store;
  TestConversation alice(store, kAlice, kEchoServer);
  alice.handshake();
  alice.client("abc");
  alice.server("x");
  const std::string text =
      "---\nserver: echo\n---\n# One\n\n## Packets\n"
      "| From | To | Info | Len | Points |\n|---|---|---|---|---|\n"
      "| client | server | [SYN] | | 2 |\n| server | client | [SYN, ACK] | | |\n"
      "| client | server | [ACK] | | |\n| client | server | [PSH, ACK] | 9 | 3 |\n";
  const ScenarioResult result = judged_capture(text, store);
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
  const Endpoint alice = kAlice;
  const Endpoint server = kEchoServer;
  send(alice, server, "one");
  send(server, alice, "ONE");
  send(alice, server, "two");
  const std::string head =
      "---\nserver: echo\ntransport: udp\n---\n# One\n\n## Packets\n"
      "| From | To | Info | Payload |\n|---|---|---|---|\n"
      "| client | server | UDP | \"one\" |\n";
  const std::string tail = "| client | server | UDP | \"two\" |\n";
  CHECK(judged_capture(head + "| client | server | … | |\n" + tail, store).verdict ==
        Verdict::pass);
  const ScenarioResult missing = judged_capture(head + tail, store);
  CHECK(missing.verdict == Verdict::fail);
  CHECK(missing.packets.at(1).remark == PacketRemark{PacketMark::unexpected});
}

TEST_CASE("an actor with rows for either protocol is judged by both", "[judge]") {
  const std::string front = "transport: tcp+udp\n";
  PacketStore store;
  append(store, TestDatagram{{}, kAlice, kEchoServer, "1"});
  CHECK(messages(judge_table(table_sheet(front, "| udp-eve | server | UDP | 1 | |\n"), store))
            .empty());
  CHECK(judge_table(table_sheet(front, "| udp-eve | server | … | | |\n"), store).check.verdict ==
        Verdict::pass);
  // Rows without traffic, and traffic without rows.
  const SectionJudgement missing =
      judge_table(table_sheet(front, "| udp-eve | server | UDP | 2 | |\n"), PacketStore());
  CHECK(missing.check.verdict == Verdict::fail);
  CHECK(judge_table(table_sheet(front, "| alice | server | [SYN] | | |\n"), PacketStore())
            .check.verdict == Verdict::fail);
  const SectionJudgement rest =
      judge_table(table_sheet(front, "| bob | server | [SYN] | | should |\n"), store);
  CHECK_THAT(messages(rest), Catch::Contains("packet 1 belongs to a connection without rows"));
}

TEST_CASE("`…` at the end of the rows stands for connections that follow", "[judge]") {
  PacketStore store;
  for (const Endpoint& client : {kAlice, endpoint("127.0.0.2:40009")}) {
    TestConversation(store, client, kEchoServer).handshake();
  }
  Evidence seen = captured_evidence(store);
  seen.played.actors.insert(seen.played.actors.begin() + 1,
                            {"alice", endpoint("127.0.0.2:40009"), true});
  seen.traffic = assign_traffic(decode_capture(store, 7, 7), seen.played);
  const auto judged = [&](const std::string& rows) {
    const Scenario scenario = table_sheet("", rows);
    return judge_table(scenario.packet_tables.front(), scenario, seen).check.verdict;
  };
  const std::string first = handshake_rows("alice");
  CHECK(judged(first + "| alice | server | … | | |\n") == Verdict::pass);
  CHECK(judged(first) == Verdict::fail);
  CHECK(judged(first + first) == Verdict::pass);
}

TEST_CASE("rows of one client, and rows at the same packet, are in no global disorder", "[judge]") {
  const PacketStore store = handshakes();
  const std::string rows =
      "| bob | server | [SYN] | | |\n| alice | server | [SYN] | | |\n"
      "| server | bob | [SYN, ACK] | | |\n| server | alice | [SYN, ACK] | | |\n";
  CHECK(messages(judge_table(table_sheet("order: global\n", rows), store)) ==
        "row 3 was captured before row 2: packet 2 before packet 4\n");
}

TEST_CASE("a client's number is the one in its name where no session numbers it", "[judge]") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"c2", "2"}, {"c7", "7"}, {"c12", "12"}, {"c", "1"}, {"cx", "1"}, {"d7", "1"}};
  for (const auto& [actor, number] : cases) {
    CAPTURE(actor);
    const Scenario scenario = parse_sheet(fmt::format(
        "---\nserver: echo\n---\n# One\n## Packets\n| From | To | Info | Payload |\n"
        "|---|---|---|---|\n| {0} | server | [SYN] | |\n| server | {0} | [SYN, ACK] | |\n"
        "| {0} | server | [PSH, ACK] | \"{{n}}\" |\n",
        actor));
    for (const bool is_right : {true, false}) {
      PacketStore store;
      TestConversation tcp(store, kAlice, kEchoServer);
      tcp.handshake();
      tcp.client(is_right ? number : "99");
      Evidence made;
      made.tcp_port = 7;
      made.played.actors = {{actor, kAlice, true}};
      made.traffic = assign_traffic(decode_capture(store, 7, 0), made.played);
      const SectionJudgement judged = judge_table(scenario.packet_tables.front(), scenario, made);
      CHECK((judged.check.verdict == Verdict::pass) == is_right);
    }
  }
}

// Each round, both ends send before they hear of the other: nothing orders them.
PacketStore crossed_rounds(std::size_t rounds) {
  PacketStore store;
  TestConversation tcp(store, kAlice, kEchoServer);
  tcp.handshake();
  const TestSegment client = tcp.next_of_client();
  const TestSegment server = tcp.next_of_server();
  for (std::size_t round = 0; round < rounds; ++round) {
    for (const bool is_client : {true, false}) {
      TestSegment segment = is_client ? tcp.next_of_client() : tcp.next_of_server();
      segment.acknowledgement = (is_client ? client : server).acknowledgement;
      segment.flags = tcp_flag::kPsh | tcp_flag::kAck;
      segment.payload = is_client ? "x" : "y";
      append(store, segment);
      if (is_client) {
        tcp.skip_client("x");
      } else {
        tcp.skip_server("y");
      }
    }
  }
  tcp.close();
  return store;
}

Scenario sheet_of_rounds(const std::string& rows) {
  return parse_sheet(
      "---\nserver: echo\n---\n# Rounds\n\n## Session\n```session\nalice: connect\nbob: "
      "connect\nudp-eve: connect\nalice: recv eof\n```\n\n## Packets\n"
      "| From | To | Info | Payload | Level | Order |\n|---|---|---|---|---|---|\n"
      "| alice | server | [SYN] | | | |\n| server | alice | [SYN, ACK] | | | |\n" +
      rows);
}

std::string repeat_rows(std::size_t count, const std::string& rows) {
  std::string all;
  for (std::size_t round = 0; round < count; ++round) all += rows;
  return all;
}

TEST_CASE("rows that may be missing make no search without end", "[judge]") {
  constexpr std::size_t kRounds = 60;
  const std::string rows = repeat_rows(kRounds,
                                       "| alice | server | [PSH, ACK] | \"x\" | must | |\n"
                                       "| alice | server | [PSH, ACK] | \"never\" | should | |\n"
                                       "| server | alice | [PSH, ACK] | \"y\" | must | |\n"
                                       "| server | alice | [PSH, ACK] | \"never\" | should | |\n");
  const std::string close =
      "| alice | server | [FIN, ACK] | | must | |\n| server | alice | [FIN, ACK] | | must | |\n";
  const PacketStore store = crossed_rounds(kRounds);
  CHECK(judge_table(sheet_of_rounds(rows + close), store).check.verdict == Verdict::pass);
  const std::string one_more = "| alice | server | [PSH, ACK] | \"x\" | must | |\n";
  CHECK(judge_table(sheet_of_rounds(rows + one_more + close), store).check.verdict ==
        Verdict::fail);
}

TEST_CASE("where the search gave up nothing is decided", "[judge]") {
  constexpr std::size_t kRounds = 60;
  // Each row may have one segment or more, and each direction by itself fits: only who closes
  // first, at the end, does not.
  const std::string rows = repeat_rows(kRounds / 2,
                                       "| alice | server | [PSH, ACK] | | must | any |\n"
                                       "| server | alice | [PSH, ACK] | | must | any |\n") +
                           "| server | alice | [FIN, ACK] | | must | |\n"
                           "| alice | server | [FIN, ACK] | | must | |\n";
  const SectionJudgement judged = judge_table(sheet_of_rounds(rows), crossed_rounds(kRounds));
  CHECK(judged.check.verdict == Verdict::inconclusive);
  CHECK_THAT(judged.check.reason, Catch::Matchers::Contains("more than 200000 ways"));
  CHECK(judged.failures.empty());
  CHECK(judged.check.points == 0);
}

}  // namespace wireproof
