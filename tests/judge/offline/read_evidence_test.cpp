#include "judge/offline/read_evidence.h"

#include "catch.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

const Endpoint kServer = endpoint("127.0.0.1:7");
const Endpoint kFirst = endpoint("127.0.0.2:40001");
const Endpoint kSecond = endpoint("127.0.0.2:40002");

Scenario sheet_of(const std::string& head, const std::string& session) {
  const std::string text =
      "---\nserver: echo\n" + head + "---\n# One\n\n## Session\n```session\n" + session +
      "```\n\n## Measures\n| Measure | Expected |\n|---|---|\n| packets | < 100 |\n";
  auto parsed = parse_scenario("test/one", SourceText("test/one.md", text), {});
  if (!parsed) {
    for (const Diagnostic& diagnostic : parsed.error()) UNSCOPED_INFO(diagnostic.message);
    FAIL("the sheet does not parse");
  }
  return *parsed;
}

// Two connections, each with a question and its answer.
struct TwoTalks {
  PacketStore store;
  TestConversation first{store, kFirst, kServer};
  TestConversation second{store, kSecond, kServer};

  TwoTalks() {
    first.handshake();
    second.handshake();
  }
};

std::vector<std::string> messages(const Evidence& evidence) {
  std::vector<std::string> texts;
  for (const Diagnostic& failure : evidence.session_failures) texts.push_back(failure.message);
  return texts;
}

using Messages = std::vector<std::string>;

}  // namespace

TEST_CASE("offline, connections go to the actors in the order of their SYNs", "[judge]") {
  TwoTalks talks;
  talks.first.client("a");
  talks.second.client("b");
  const Scenario sheet =
      sheet_of("", "alice: connect\nbob: connect\nalice: send \"a\"\nbob: send \"b\"\n");
  const Evidence evidence = read_evidence(sheet, talks.store, 7, 0);
  CHECK(messages(evidence) == Messages{});
  CHECK(evidence.actors ==
        std::vector<ActorEndpoint>{{"alice", kFirst, true}, {"bob", kSecond, true}});
  CHECK(evidence.steps.size() == 4);
  CHECK(evidence.offline);
}

TEST_CASE("offline, every client of a group plays its own step", "[judge]") {
  TwoTalks talks;
  talks.first.client("client 1");
  talks.second.client("client 2");
  const Scenario sheet = sheet_of("", "clients 2\neach: connect\neach: send \"client {n}\"\n");
  const Evidence evidence = read_evidence(sheet, talks.store, 7, 0);
  CHECK(messages(evidence) == Messages{});
  CHECK(evidence.steps.size() == 4);
  CHECK(evidence.actors.back().actor == "c2");
}

TEST_CASE("offline, the steps of a repeat are played as often as it says", "[judge]") {
  TwoTalks talks;
  talks.first.client("turn 1turn 2");
  const Scenario sheet = sheet_of("", "connect\nrepeat 2 {\n  send \"turn {i}\"\n}\n");
  const Evidence evidence = read_evidence(sheet, talks.store, 7, 0);
  CHECK(messages(evidence) == Messages{});
  CHECK(evidence.steps.size() == 3);
}

TEST_CASE("offline, what the client sent otherwise fails its step and ends the actor", "[judge]") {
  TwoTalks talks;
  talks.first.client("ping");
  const Scenario sheet = sheet_of("", "connect\nsend \"pong\"\nsend \"more\"\n");
  const Evidence evidence = read_evidence(sheet, talks.store, 7, 0);
  CHECK(messages(evidence) == Messages{"the client of the capture sent something else"});
  REQUIRE(evidence.steps.size() == 2);
  CHECK_FALSE(evidence.steps.back().ok);
  REQUIRE(evidence.session_failures.front().notes.size() == 2);
  CHECK(evidence.session_failures.front().notes[0].text == "\"pong\"");
  CHECK(evidence.session_failures.front().notes[1].text == "\"ping\"");
}

TEST_CASE("offline, a reset of the client takes away what had not left", "[judge]") {
  TwoTalks talks;
  talks.first.client("pi");
  talks.first.client("", tcp_flag::kRst);
  const Scenario sheet = sheet_of("", "connect\nsend \"ping\"\nabort\n");
  CHECK(messages(read_evidence(sheet, talks.store, 7, 0)) == Messages{});
}

TEST_CASE("offline, a capture without a further connection says so", "[judge]") {
  TwoTalks talks;
  const Scenario sheet = sheet_of("", "alice: connect\nbob: connect\ncarol: connect\n");
  CHECK(messages(read_evidence(sheet, talks.store, 7, 0)) ==
        Messages{"the capture has no further connection to port 7, for carol"});
}

TEST_CASE("offline, a failed step tells how the stream came to its end", "[judge]") {
  PacketStore store;
  TestConversation tcp(store, kFirst, kServer);
  tcp.handshake();
  tcp.client("ping");
  const Scenario sheet = sheet_of("", "connect\nsend \"ping\"\nrecv \"pong\"\n");
  const auto end = [&] {
    const Evidence evidence = read_evidence(sheet, store, 7, 0);
    REQUIRE(evidence.failed_steps.size() == 1);
    CHECK(evidence.failed_steps.front().actor == "client");
    return evidence.failed_steps.front().end;
  };
  SECTION("silence") {
    CHECK(end() == StepEnd::timed_out);
  }
  SECTION("a FIN") {
    tcp.server("", tcp_flag::kFin);
    CHECK(end() == StepEnd::end_of_stream);
  }
  SECTION("a RST") {
    tcp.server("", tcp_flag::kRst);
    CHECK(end() == StepEnd::reset);
  }
  SECTION("other bytes") {
    tcp.server("pxng");
    CHECK(end() == StepEnd::bytes);
  }
}

TEST_CASE("offline, a refused connection ends its step as refused", "[judge]") {
  PacketStore store;
  TestConversation tcp(store, kFirst, kServer);
  tcp.client("", tcp_flag::kSyn);
  tcp.server("", tcp_flag::kRst);
  const Evidence evidence = read_evidence(sheet_of("", "connect\nrecv \"x\"\n"), store, 7, 0);
  REQUIRE(evidence.failed_steps.size() == 1);
  CHECK(evidence.failed_steps.front().end == StepEnd::refused);
}

TEST_CASE("offline, what only a live run can judge is skipped by name", "[judge]") {
  TwoTalks talks;
  const Scenario sheet = sheet_of("", "connect\nshutdown\nclose\nserver: alive\n");
  const Evidence evidence = read_evidence(sheet, talks.store, 7, 0);
  CHECK(evidence.session_skipped ==
        std::vector<std::string>{"server: alive: only a live run can judge it"});
}

TEST_CASE("offline, datagrams of each client are sent one by one", "[judge]") {
  PacketStore store;
  const auto send = [&](const Endpoint& from, const Endpoint& to, std::string_view payload) {
    append(store, TestDatagram{{}, from, to, payload});
  };
  send(kFirst, kServer, "one");
  send(kServer, kFirst, "ONE");
  send(kFirst, kServer, "two");
  send(kSecond, kServer, "three");
  const std::string head = "transport: udp\n";
  const Scenario sheet =
      sheet_of(head,
               "alice: connect\nbob: connect\nalice: send \"one\"\n"
               "alice: recv \"ONE\"\nalice: send \"two\"\nbob: send \"three\"\n");
  const Evidence evidence = read_evidence(sheet, store, 0, 7);
  CHECK(messages(evidence) == Messages{});
  CHECK(evidence.actors ==
        std::vector<ActorEndpoint>{{"alice", kFirst, false}, {"bob", kSecond, false}});
  const Scenario more = sheet_of(head, "connect\nsend \"one\"\nsend \"two\"\nsend \"four\"\n");
  CHECK(messages(read_evidence(more, store, 0, 7)) ==
        Messages{"the capture has no such datagram of the client"});
}

}  // namespace wireproof
