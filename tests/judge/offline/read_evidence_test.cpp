#include "judge/offline/read_evidence.h"

#include "catch.h"
#include "judge/ends.h"
#include "judge/parsed_sheet.h"

namespace wireproof {
namespace {

const Endpoint kFirst = endpoint("127.0.0.2:40001");
const Endpoint kSecond = endpoint("127.0.0.2:40002");

Scenario measured_sheet(const std::string& head, const std::string& session) {
  const std::string text =
      "---\nserver: echo\n" + head + "---\n# One\n\n## Session\n```session\n" + session +
      "```\n\n## Measures\n| Measure | Expected |\n|---|---|\n| packets | < 100 |\n";
  return parse_sheet(text);
}

// Two connections, each with a question and its answer.
struct TwoTalks {
  PacketStore store;
  TestConversation first{store, kFirst, kEchoServer};
  TestConversation second{store, kSecond, kEchoServer};

  TwoTalks() {
    first.handshake();
    second.handshake();
  }
};

std::vector<std::string> messages(const Evidence& evidence) {
  std::vector<std::string> texts;
  for (const FailedStep& failed : evidence.played.failures) {
    texts.push_back(failed.diagnostic.message);
  }
  return texts;
}

using Messages = std::vector<std::string>;

}  // namespace

TEST_CASE("offline, connections go to the actors in the order of their SYNs", "[judge]") {
  TwoTalks talks;
  talks.first.client("a");
  talks.second.client("b");
  const Scenario sheet =
      measured_sheet("", "alice: connect\nbob: connect\nalice: send \"a\"\nbob: send \"b\"\n");
  const Evidence evidence = read_evidence(sheet, talks.store, 7, 0);
  CHECK(messages(evidence) == Messages{});
  CHECK(evidence.played.actors ==
        std::vector<ActorEndpoint>{{"alice", kFirst, true}, {"bob", kSecond, true}});
  CHECK(evidence.played.steps.size() == 4);
  CHECK(evidence.offline);
}

TEST_CASE("offline, every client of a group plays its own step", "[judge]") {
  TwoTalks talks;
  talks.first.client("client 1");
  talks.second.client("client 2");
  const Scenario sheet =
      measured_sheet("", "clients 2\neach: connect\neach: send \"client {n}\"\n");
  const Evidence evidence = read_evidence(sheet, talks.store, 7, 0);
  CHECK(messages(evidence) == Messages{});
  CHECK(evidence.played.steps.size() == 4);
  CHECK(evidence.played.actors.back().actor == "c2");
}

TEST_CASE("offline, the steps of a repeat are played as often as it says", "[judge]") {
  TwoTalks talks;
  talks.first.client("turn 1turn 2");
  const Scenario sheet = measured_sheet("", "connect\nrepeat 2 {\n  send \"turn {i}\"\n}\n");
  const Evidence evidence = read_evidence(sheet, talks.store, 7, 0);
  CHECK(messages(evidence) == Messages{});
  CHECK(evidence.played.steps.size() == 3);
}

TEST_CASE("offline, what the client sent otherwise fails its step and ends the actor", "[judge]") {
  TwoTalks talks;
  talks.first.client("ping");
  const Scenario sheet = measured_sheet("", "connect\nsend \"pong\"\nsend \"more\"\n");
  const Evidence evidence = read_evidence(sheet, talks.store, 7, 0);
  CHECK(messages(evidence) == Messages{"the client of the capture sent something else"});
  REQUIRE(evidence.played.steps.size() == 2);
  CHECK_FALSE(evidence.played.steps.back().ok);
  REQUIRE(evidence.played.failures.front().diagnostic.notes.size() == 2);
  CHECK(evidence.played.failures.front().diagnostic.notes[0].text == "\"pong\"");
  CHECK(evidence.played.failures.front().diagnostic.notes[1].text == "\"ping\"");
}

TEST_CASE("offline, a reset of the client takes away what had not left", "[judge]") {
  TwoTalks talks;
  talks.first.client("pi");
  talks.first.client("", tcp_flag::kRst);
  const Scenario sheet = measured_sheet("", "connect\nsend \"ping\"\nabort\n");
  CHECK(messages(read_evidence(sheet, talks.store, 7, 0)) == Messages{});
}

TEST_CASE("offline, a capture without a further connection says so", "[judge]") {
  TwoTalks talks;
  const Scenario sheet = measured_sheet("", "alice: connect\nbob: connect\ncarol: connect\n");
  CHECK(messages(read_evidence(sheet, talks.store, 7, 0)) ==
        Messages{"the capture has no further connection to port 7, for carol"});
}

TEST_CASE("offline, a failed step tells how the stream came to its end", "[judge]") {
  PacketStore store;
  TestConversation tcp(store, kFirst, kEchoServer);
  tcp.handshake();
  tcp.client("ping");
  const Scenario sheet = measured_sheet("", "connect\nsend \"ping\"\nrecv \"pong\"\n");
  const auto end = [&] {
    const Evidence evidence = read_evidence(sheet, store, 7, 0);
    REQUIRE(evidence.played.failures.size() == 1);
    CHECK(evidence.played.failures.front().actor == "client");
    return evidence.played.failures.front().end;
  };
  SECTION("silence, until the client gives up") {
    tcp.client("", tcp_flag::kFin);
    CHECK(end() == StepEnd::timed_out);
  }
  SECTION("the end of the capture, which tells nothing") {
    const Evidence evidence = read_evidence(sheet, store, 7, 0);
    CHECK(evidence.played.failures.empty());
    CHECK(evidence.played.unseen ==
          "the capture ends before the connection of " + render_endpoint(kFirst) + " did");
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

TEST_CASE("offline, a part of an answer that the capture ends in is not judged", "[judge]") {
  PacketStore store;
  TestConversation tcp(store, kFirst, kEchoServer);
  tcp.handshake();
  tcp.client("ping");
  const auto played = [&](const std::string& step) {
    return read_evidence(measured_sheet("", "connect\nsend \"ping\"\n" + step + "\n"), store, 7, 0)
        .played;
  };
  tcp.server("po");
  for (const char* const step :
       {"recv \"pong\"", "recv 4 bytes", "recv until \"\\n\"", "recv /x/"}) {
    INFO(step);
    CHECK(played(step).failures.empty());
    CHECK_FALSE(played(step).unseen.empty());
  }
  CHECK(played("recv \"pxng\"").failures.size() == 1);
  CHECK(played("recv eof").failures.size() == 1);
  CHECK(played("recv \"po\"\nrecv eof").failures.empty());
  tcp.server("", tcp_flag::kFin);
  CHECK(played("recv \"pong\"").failures.size() == 1);
}

TEST_CASE("offline, where a stream begins nobody knows without the opening", "[judge]") {
  PacketStore store;
  TestConversation tcp(store, kFirst, kEchoServer);
  tcp.skip_client("pi");
  tcp.skip_server("");
  tcp.client("ng");
  tcp.server("pong");
  tcp.close();
  const auto played = [&](const std::string& steps) {
    return read_evidence(measured_sheet("", "connect\n" + steps), store, 7, 0).played;
  };
  const PlayedSession middle = played("send \"ping\"\nrecv \"pong\"\n");
  CHECK(middle.failures.empty());
  CHECK(middle.unseen ==
        "the capture begins in the middle of the connection of " + render_endpoint(kFirst));
  // What was found shows where it begins.
  CHECK(played("send \"ng\"\nrecv \"pong\"\n").unseen.empty());
  CHECK(played("send \"ng\"\nrecv \"pang\"\n").failures.size() == 1);
}

TEST_CASE("offline, a refused connection ends its step as refused", "[judge]") {
  PacketStore store;
  TestConversation tcp(store, kFirst, kEchoServer);
  tcp.client("", tcp_flag::kSyn);
  tcp.server("", tcp_flag::kRst);
  const Evidence evidence = read_evidence(measured_sheet("", "connect\nrecv \"x\"\n"), store, 7, 0);
  REQUIRE(evidence.played.failures.size() == 1);
  CHECK(evidence.played.failures.front().end == StepEnd::refused);
}

TEST_CASE("offline, datagrams of each client are sent one by one", "[judge]") {
  PacketStore store;
  const auto send = [&](const Endpoint& from, const Endpoint& to, std::string_view payload) {
    append(store, TestDatagram{{}, from, to, payload});
  };
  send(kFirst, kEchoServer, "one");
  send(kEchoServer, kFirst, "ONE");
  send(kFirst, kEchoServer, "two");
  send(kSecond, kEchoServer, "three");
  const std::string head = "transport: udp\n";
  const Scenario sheet =
      measured_sheet(head,
                     "alice: connect\nbob: connect\nalice: send \"one\"\n"
                     "alice: recv \"ONE\"\nalice: send \"two\"\nbob: send \"three\"\n");
  const Evidence evidence = read_evidence(sheet, store, 0, 7);
  CHECK(messages(evidence) == Messages{});
  CHECK(evidence.played.actors ==
        std::vector<ActorEndpoint>{{"alice", kFirst, false}, {"bob", kSecond, false}});
  const Scenario more =
      measured_sheet(head, "connect\nsend \"one\"\nsend \"two\"\nsend \"four\"\n");
  CHECK(messages(read_evidence(more, store, 0, 7)) ==
        Messages{"the capture has no such datagram of the client"});
}

TEST_CASE("offline, an actor's number is the one that it has live", "[judge]") {
  const Scenario sheet = measured_sheet(
      "",
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
  CHECK(messages(read_evidence(sheet, store, 7, 0)) == Messages{});
}

TEST_CASE("offline, each repetition reads on where the one before ended", "[judge]") {
  const Scenario sheet =
      measured_sheet("", "connect\nrepeat 2 {\nrepeat 2 {\nsend \"s{i}\"\nrecv \"r{i}\"\n}\n}\n");
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

TEST_CASE("offline, what only a live run can judge is skipped, and said", "[judge]") {
  const Scenario sheet = measured_sheet("",
                                        "connect\nrecv nothing for 1ms\nclose\nserver: alive\n"
                                        "tool: run \"true\"\ntool: type \"a\"\ntool: exits 0\n");
  PacketStore store;
  TestConversation tcp(store, endpoint("127.0.0.2:40000"), endpoint("127.0.0.1:7"));
  tcp.handshake();
  tcp.close();
  const Evidence evidence = read_evidence(sheet, store, 7, 0);
  CHECK(messages(evidence) == Messages{});
  CHECK(evidence.played.skipped ==
        std::vector<std::string>{"recv nothing for 1ms: only a live run can judge it",
                                 "server: alive: only a live run can judge it",
                                 "tool: exits 0: only a live run can judge it"});
  CHECK(evidence.played.programs == std::vector<std::string>{"tool"});
}

}  // namespace wireproof
