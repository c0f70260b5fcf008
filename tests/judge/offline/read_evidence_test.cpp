#include "judge/offline/read_evidence.h"

#include "catch.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

Scenario sheet_of(const std::string& steps) {
  const std::string text =
      "---\nserver: echo\n---\n# One\n## Session\n```session\n" + steps + "```\n";
  auto parsed = parse_scenario("one", SourceText("one.md", text), {});
  if (!parsed) FAIL(parsed.error().front().message);
  return *std::move(parsed);
}

std::string messages(const Evidence& evidence) {
  std::string text;
  for (const FailedStep& failed : evidence.played.failures)
    text += failed.diagnostic.message + "\n";
  return text;
}

TEST_CASE("offline an actor's number is the one that it has live", "[judge]") {
  const Scenario sheet = sheet_of(
      "alice: connect\nbob: connect\nalice: send \"n{n}\"\nbob: send \"n{n}\"\nbob: recv "
      "\"r{n}\"\n");
  PacketStore store;
  TestConversation alice(store, endpoint("127.0.0.2:40000"), endpoint("127.0.0.1:7"));
  alice.handshake();
  TestConversation bob(store, endpoint("127.0.0.3:40000"), endpoint("127.0.0.1:7"));
  bob.handshake();
  alice.client("n1");
  bob.client("n2");
  bob.server("r2");
  CHECK(messages(read_evidence(sheet, store, 7, 0)).empty());
}

TEST_CASE("offline each repetition reads on where the one before ended", "[judge]") {
  const Scenario sheet =
      sheet_of("connect\nrepeat 2 {\nrepeat 2 {\nsend \"s{i}\"\nrecv \"r{i}\"\n}\n}\n");
  PacketStore store;
  TestConversation tcp(store, endpoint("127.0.0.2:40000"), endpoint("127.0.0.1:7"));
  tcp.handshake();
  for (const char* const i : {"1", "2", "1"}) {
    tcp.client(std::string("s") + i);
    tcp.server(std::string("r") + i);
  }
  tcp.client("s2");
  tcp.server("rx");
  const Evidence evidence = read_evidence(sheet, store, 7, 0);
  REQUIRE(evidence.played.failures.size() == 1);
  CHECK(evidence.played.failures.front().playing == 8);
  CHECK(evidence.played.failures.front().received_before == 6);
  CHECK(evidence.played.failures.front().variables.at("i") == "2");
}

TEST_CASE("offline what only a live run can judge is skipped, and said", "[judge]") {
  const Scenario sheet = sheet_of(
      "connect\nrecv nothing for 1ms\nclose\nserver: alive\n"
      "tool: run \"true\"\ntool: type \"a\"\ntool: exits 0\n");
  PacketStore store;
  TestConversation tcp(store, endpoint("127.0.0.2:40000"), endpoint("127.0.0.1:7"));
  tcp.handshake();
  tcp.close();
  const Evidence evidence = read_evidence(sheet, store, 7, 0);
  CHECK(messages(evidence).empty());
  CHECK(evidence.played.skipped ==
        std::vector<std::string>{"recv nothing for 1ms: only a live run can judge it",
                                 "server: alive: only a live run can judge it",
                                 "tool: exits 0: only a live run can judge it"});
  CHECK(evidence.played.programs == std::vector<std::string>{"tool"});
}

}  // namespace
}  // namespace wireproof
