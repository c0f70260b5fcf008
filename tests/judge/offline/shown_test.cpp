// What a saved capture can show, and what of it nobody may pass over.
#include <algorithm>

#include "catch.h"
#include "judge/judge.h"
#include "judge/offline/read_evidence.h"
#include "judge/parsed_sheet.h"
#include "support/contains.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

const Endpoint kRemoteServer = endpoint("10.0.0.2:7");
const Endpoint kRemoteAlice = endpoint("10.0.0.1:40000");
const Endpoint kRemoteBob = endpoint("10.0.0.3:40001");

const char* const kSession = "connect\nsend \"hello\"\nrecv \"HELLO\"\nclose\n";
const char* const kRows =
    "| client | server | [SYN] | |\n"
    "| server | client | [SYN, ACK] | |\n"
    "| client | server | [ACK] | |\n"
    "| client | server | [PSH, ACK] | 5 |\n"
    "| server | client | [PSH, ACK] | 5 |\n"
    "| client | server | [FIN, ACK] | |\n"
    "| server | client | [FIN, ACK] | |\n"
    "| client | server | [ACK] | |\n";

// kRows of a client with that name.
std::string rows_of(const std::string& client) {
  std::string rows = kRows;
  for (std::size_t at = 0; (at = rows.find("client", at)) != std::string::npos;) {
    rows.replace(at, 6, client);
  }
  return rows;
}

ScenarioResult check(const PacketStore& store, const std::string& session = kSession,
                     const std::string& rows = kRows) {
  const std::string text = "---\nserver: echo\n---\n# One\n\n## Session\n```session\n" + session +
                           "```\n\n## Packets\n| From | To | Info | Len |\n|---|---|---|---|\n" +
                           rows;
  const Scenario sheet = parse_sheet(text);
  return judge(sheet, read_evidence(sheet, store, 7, 0));
}

PacketStore conversation(const Endpoint& client = kRemoteAlice, const std::string& answer = "HELLO",
                         std::uint32_t first = 100) {
  PacketStore store;
  TestConversation tcp(store, client, kRemoteServer);
  tcp.set_initial_sequences(first, 5000 + first);
  tcp.handshake();
  tcp.client("hello");
  tcp.server(answer);
  tcp.client_ack();
  tcp.close();
  return store;
}

// Only the packets [begin, end).
PacketStore part_of(const PacketStore& store, std::size_t begin, std::size_t end) {
  PacketStore part;
  for (std::size_t i = begin; i < std::min(end, store.size()); ++i) part.append(store.at(i));
  return part;
}

void append_all(PacketStore& to, const PacketStore& from) {
  for (std::size_t i = 0; i < from.size(); ++i) to.append(from.at(i));
}

std::size_t count(const ScenarioResult& result, Severity severity) {
  return static_cast<std::size_t>(std::ranges::count_if(
      result.failures,
      [&](const Failure& failure) { return failure.diagnostic.severity == severity; }));
}

}  // namespace

TEST_CASE("what a capture lacks is inconclusive, with the reason", "[judge]") {
  struct Case {
    const char* name;
    std::size_t begin;
    std::size_t end;
    const char* reason;
  };
  constexpr std::size_t kAll = 99;
  const Case cases[] = {
      {"no SYN", 1, kAll, "does not show the opening of the connection of 10.0.0.1:40000"},
      {"no opening", 2, kAll, "does not show the opening of the connection of 10.0.0.1:40000"},
      {"no end", 0, 6, "ends before the connection of 10.0.0.1:40000 did: row 6"},
      {"no answer", 0, 4, "ends before the connection of 10.0.0.1:40000 did"},
  };
  const PacketStore whole = conversation();
  CHECK(check(whole).verdict == Verdict::pass);
  for (const Case& item : cases) {
    INFO(item.name);
    const ScenarioResult result = check(part_of(whole, item.begin, item.end));
    CHECK(result.verdict == Verdict::inconclusive);
    INFO(result.reason);
    CHECK(contains(result.reason, item.reason));
    CHECK(result.failures.empty());
  }
}

TEST_CASE("a SYN, ACK that was acknowledged was sent", "[judge]") {
  const PacketStore whole = conversation();
  PacketStore store = part_of(whole, 0, 1);
  append_all(store, part_of(whole, 2, 99));
  CHECK(check(store).verdict == Verdict::inconclusive);
}

TEST_CASE("of a connection that was closing when the capture began nothing is judged", "[judge]") {
  const PacketStore whole = conversation();
  for (std::size_t left = 1; left <= 3; ++left) {
    CAPTURE(left);
    const ScenarioResult result = check(part_of(whole, whole.size() - left, 99));
    CHECK(result.verdict == Verdict::inconclusive);
    CHECK(result.failures.empty());
  }
}

TEST_CASE("a SYN that nothing answers is a failure", "[judge]") {
  const ScenarioResult result = check(part_of(conversation(), 0, 1));
  CHECK(result.verdict == Verdict::fail);
  REQUIRE_FALSE(result.failures.empty());
  CHECK(contains(result.failures.front().diagnostic.message, "[SYN, ACK] of row 2"));
}

TEST_CASE("what a capture shows to be wrong fails, whatever it lacks", "[judge]") {
  const PacketStore wrong = conversation(kRemoteAlice, "HELLOO");
  CHECK(check(part_of(wrong, 1, 99)).verdict == Verdict::fail);
  CHECK(check(part_of(wrong, 0, 6)).verdict == Verdict::fail);
}

TEST_CASE("wrong bytes in front of a gap fail, those behind it are inconclusive", "[judge]") {
  const auto without = [](const PacketStore& store, std::size_t left_out) {
    PacketStore rest = part_of(store, 0, left_out);
    append_all(rest, part_of(store, left_out + 1, 99));
    return rest;
  };
  struct Case {
    const char* name;
    PacketStore store;
    Verdict verdict;
  };
  PacketStore repeated = part_of(conversation(kRemoteAlice, "HALLO"), 0, 5);
  append_all(repeated, part_of(conversation(), 4, 99));
  PacketStore halves;
  TestConversation tcp(halves, kRemoteAlice, kRemoteServer);
  tcp.handshake();
  tcp.client("hello");
  tcp.server("HE");
  tcp.server("LLo");
  tcp.client_ack();
  tcp.close();
  const Case cases[] = {
      {"no FIN", without(conversation(kRemoteAlice, "HALLO"), 8), Verdict::fail},
      {"no FIN, right bytes", without(conversation(), 8), Verdict::inconclusive},
      {"a gap in front", without(halves, 4), Verdict::inconclusive},
      {"other bytes sent again", repeated, Verdict::inconclusive},
      {"nor the opening", part_of(without(conversation(kRemoteAlice, "HALLO"), 8), 2, 99),
       Verdict::inconclusive},
  };
  for (const Case& item : cases) {
    INFO(item.name);
    const ScenarioResult result = check(item.store);
    INFO(result.reason);
    CHECK(result.verdict == item.verdict);
    CHECK(count(result, Severity::error) == (item.verdict == Verdict::fail ? 1U : 0U));
  }
}

TEST_CASE("whose connection is whose nobody knows where an opening is missing", "[judge]") {
  const std::string session =
      "alice: connect\nalice: send \"hello\"\nalice: recv \"HELLO\"\nalice: close\n"
      "bob: connect\nbob: send \"hello\"\nbob: recv \"WORLD\"\nbob: close\n";
  const PacketStore first = conversation();
  PacketStore store = part_of(first, 1, 8);  // no SYN, and no FIN of the server
  append_all(store, part_of(first, 9, 99));
  append_all(store, conversation(kRemoteBob, "WORLD", 9000));
  const ScenarioResult result = check(store, session, rows_of("alice") + rows_of("bob"));
  CHECK(result.verdict == Verdict::inconclusive);
  CHECK(result.failures.empty());
}

TEST_CASE("nothing is said about the processes of a saved capture", "[judge]") {
  PacketStore store = part_of(conversation(), 0, 6);
  TestSegment half_close;  // the client's FIN is there, the server's is not
  half_close.from = kRemoteAlice;
  half_close.to = kRemoteServer;
  half_close.sequence = 106;
  half_close.acknowledgement = 5106;
  half_close.flags = tcp_flag::kFin | tcp_flag::kAck;
  append(store, half_close);
  const ScenarioResult result = check(store);
  CHECK(result.verdict == Verdict::fail);
  for (const Failure& failure : result.failures) {
    CHECK_FALSE(contains(failure.rendered, "process"));
  }
}

TEST_CASE("a connection that no client of the sheet has fails", "[judge]") {
  PacketStore store = conversation();
  append_all(store, conversation(kRemoteBob, "WRONG", 9000));
  const ScenarioResult result = check(store);
  CHECK(result.verdict == Verdict::fail);
  REQUIRE(result.failures.size() == 1);
  CHECK(contains(result.failures.front().diagnostic.message,
                 "what 10.0.0.3:40001 and the server sent each other, from packet 11 on"));
}

TEST_CASE("a connection that was open before is told, and takes no client", "[judge]") {
  PacketStore store = part_of(conversation(kRemoteBob, "WRONG", 9000), 4, 6);
  append_all(store, conversation());
  append_all(store, part_of(conversation(kRemoteBob, "WRONG", 9000), 6, 99));
  const ScenarioResult result = check(store);
  CHECK(result.verdict == Verdict::pass);
  CHECK(count(result, Severity::warning) == 1);
  CHECK(count(result, Severity::error) == 0);
}

TEST_CASE("two connections of one pair of endpoints are two clients'", "[judge]") {
  const std::string session =
      "alice: connect\nalice: send \"hello\"\nalice: recv \"HELLO\"\nalice: close\n"
      "bob: connect\nbob: send \"hello\"\nbob: recv \"HELLO\"\nbob: close\n";
  const std::string rows = rows_of("alice") + rows_of("bob");
  PacketStore store = conversation();
  append_all(store, conversation(kRemoteAlice, "HELLO", 70'000));
  CHECK(check(store, session, rows).verdict == Verdict::pass);
  append_all(store, conversation(kRemoteAlice, "HELLO", 140'000));
  CHECK(check(store, session, rows).verdict == Verdict::fail);  // the third is nobody's
}

}  // namespace wireproof
