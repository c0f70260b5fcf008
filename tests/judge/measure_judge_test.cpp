#include "catch.h"
#include "judge/diagnostic_note.h"
#include "judge/judge.h"
#include "judge/parsed_sheet.h"
#include "judge/traffic/traffic.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

Scenario measures_sheet(const std::string& rows) {
  const std::string text =
      "---\nserver: echo\n---\n# One echo\n\n## Session\n```session\nconnect\nsend \"ping\"\n"
      "recv \"pong\"\nclose\n```\n\n## Measures\n"
      "| Measure | Expected | Level |\n|---|---|---|\n" +
      rows;
  return parse_sheet(text);
}

const char* const kMeasuredClient = "127.0.0.2:40000";

// "ping", answered by "pong", and a close: 10 packets.
PacketStore echo_packets() {
  PacketStore store;
  TestConversation tcp(store, endpoint(kMeasuredClient), endpoint("127.0.0.1:7"));
  tcp.handshake();
  tcp.client("ping");
  tcp.server("pong");
  tcp.close();
  return store;
}

SocketCall client_call(const std::string& name, std::int64_t result, std::uint64_t socket = 1) {
  SocketCall made;
  made.actor = "client";
  made.name = name;
  made.socket = socket;
  made.local = endpoint(kMeasuredClient);
  made.result = result;
  return made;
}

Evidence measured_evidence(const PacketStore& store,
                           const std::vector<std::string>& programs = {}) {
  Evidence made;
  made.tcp_port = 7;
  made.played.actors = {{"client", endpoint(kMeasuredClient), true}};
  made.played.programs = programs;
  made.played.calls = {client_call("connect", 0), client_call("send", 4), client_call("recv", 4),
                       client_call("close", 0)};
  made.traffic = assign_traffic(decode_capture(store, 7, 0), made.played);
  made.soundness.captured = true;
  made.server_use = ServerMeasured{{5, 1, 4'000'000, Duration(0)},
                                   {8, 2, 9'000'000, std::chrono::milliseconds(30)},
                                   std::chrono::milliseconds(300)};
  return made;
}

}  // namespace

TEST_CASE("a measure holds within its range and fails with what was measured", "[judge]") {
  struct Case {
    const char* row;
    bool holds;
    const char* message;
  };
  const PacketStore store = echo_packets();
  const std::size_t count = store.size();
  const std::string exact = "| packets | " + std::to_string(count) + " | |\n";
  const std::string more = "| packets | > " + std::to_string(count) + " | |\n";
  const std::string failed_packets = "packets: " + std::to_string(count);
  const std::vector<Case> cases{
      {exact.c_str(), true, ""},
      {more.c_str(), false, failed_packets.c_str()},
      {"| retransmissions | 0 | |\n", true, ""},
      {"| retransmissions | 1..2 | |\n", false, "retransmissions: 0"},
      {"| server descriptors | +3 | |\n", true, ""},
      {"| server descriptors | +2 | |\n", false,
       "server descriptors: +3 (5 before the first step, 8 after the last)"},
      {"| server threads | <= 1 | |\n", true, ""},
      {"| server threads | +0 | |\n", false,
       "server threads: +1 (1 before the first step, 2 after the last)"},
      {"| server memory | +5 MB | |\n", true, ""},
      {"| server memory | < 5 MB | |\n", false,
       "server memory: +5.0 MB (4.0 MB before the first step, 9.0 MB after the last)"},
      {"| server cpu | 10% | |\n", true, ""},
      {"| server cpu | < 10% | |\n", false, "server cpu: 10.0% (30.000 ms in 300.000 ms)"},
  };
  for (const Case& entry : cases) {
    INFO(entry.row);
    const SectionJudgement judged =
        judge_measures(measures_sheet(entry.row), measured_evidence(store));
    CHECK(judged.check.verdict == (entry.holds ? Verdict::pass : Verdict::fail));
    REQUIRE(judged.failures.size() == (entry.holds ? 0 : 1));
    if (!entry.holds) CHECK(judged.failures[0].message == entry.message);
  }
}

TEST_CASE("what a level does not count is a warning, or nothing", "[judge]") {
  const PacketStore store = echo_packets();
  Evidence seen = measured_evidence(store);
  const Scenario should = measures_sheet("| server threads | +0 | should |\n");
  SectionJudgement judged = judge_measures(should, seen);
  CHECK(judged.check.verdict == Verdict::pass);
  REQUIRE(judged.failures.size() == 1);
  CHECK(judged.failures[0].severity == Severity::warning);
  judged = judge_measures(measures_sheet("| server threads | +0 | info |\n"), seen);
  CHECK(judged.failures.empty());
  seen.strict = true;
  CHECK(judge_measures(should, seen).check.verdict == Verdict::fail);
}

TEST_CASE("a retransmission is counted and its packet named", "[judge]") {
  PacketStore store;
  TestConversation tcp(store, endpoint(kMeasuredClient), endpoint("127.0.0.1:7"));
  tcp.handshake();
  tcp.client("ping");
  TestSegment again = tcp.next_of_client();
  again.sequence -= 4;
  again.flags = tcp_flag::kPsh | tcp_flag::kAck;
  again.payload = "ping";
  append(store, again);
  tcp.server("pong");
  const SectionJudgement judged =
      judge_measures(measures_sheet("| retransmissions | 0 | |\n"), measured_evidence(store));
  REQUIRE(judged.failures.size() == 1);
  CHECK(judged.failures[0].message == "retransmissions: 1 (packet 5)");
  CHECK(note(judged.failures[0], "expected") == "0");
}

TEST_CASE("retransmissions are counted of a side, and what the path lost", "[judge]") {
  PacketStore store;
  TestConversation tcp(store, endpoint(kMeasuredClient), endpoint("127.0.0.1:7"));
  tcp.handshake();
  TestSegment ping = tcp.next_of_client();
  ping.flags = tcp_flag::kPsh | tcp_flag::kAck;
  ping.payload = "ping";
  ping.fate = PacketFate::lost;
  append(store, ping);
  append(store, ping);
  ping.fate = PacketFate::late;
  append(store, ping);
  Evidence evidence = measured_evidence(store);
  const auto measured = [&](const std::string& row) {
    const SectionJudgement judged = judge_measures(measures_sheet(row), evidence);
    return judged.failures.empty() ? judged.check.reason : judged.failures[0].message;
  };
  CHECK(measured("| retransmissions client | 0 | |\n") ==
        "retransmissions client: 2 (packets 5, 6)");
  CHECK(measured("| retransmissions client | 2 | |\n").empty());
  CHECK(measured("| retransmissions server | 1 | |\n") == "retransmissions server: 0");
  CHECK(measured("| lost | 0 | |\n") == "lost: 2 (packets 4, 5)");
  CHECK(measured("| lost | 2 | |\n").empty());
  evidence.offline = true;
  CHECK(measured("| lost | 2 | |\n").empty());
  evidence.fates_unknown = true;
  CHECK(measured("| lost | 0 | |\n") == "lost: a saved capture does not tell what a path did");
}

TEST_CASE("the slowest recovery is from a lost segment to the acknowledgement of all of it",
          "[judge]") {
  PacketStore store;
  TestConversation tcp(store, endpoint(kMeasuredClient), endpoint("127.0.0.1:7"));
  tcp.handshake();
  TestSegment ping = tcp.next_of_client();
  ping.flags = tcp_flag::kPsh | tcp_flag::kAck;
  ping.payload = "ping";
  ping.fate = PacketFate::lost;
  append(store, ping);
  const auto measured = [&] {
    const SectionJudgement judged =
        judge_measures(measures_sheet("| recovery time | < 200ms | |\n"), measured_evidence(store));
    return judged.failures.empty() ? judged.check.reason : judged.failures[0].message;
  };
  CHECK(measured() == "recovery time: packet 4 was never acknowledged");
  TestSegment answer;
  answer.from = ping.to;
  answer.to = ping.from;
  answer.flags = tcp_flag::kAck;
  answer.sequence = ping.acknowledgement;
  answer.acknowledgement = ping.sequence + 3;  // not all of it
  answer.time = ping.time + std::chrono::milliseconds(100);
  append(store, answer);
  CHECK(measured() == "recovery time: packet 4 was never acknowledged");
  answer.acknowledgement = ping.sequence + 4;
  answer.time = ping.time + std::chrono::milliseconds(250);
  append(store, answer);
  CHECK(measured() == "recovery time: 250.000 ms, from packet 4 to packet 6");
}

TEST_CASE("goodput counts each byte once, until it is acknowledged", "[judge]") {
  PacketStore store;
  TestConversation tcp(store, endpoint(kMeasuredClient), endpoint("127.0.0.1:7"));
  tcp.handshake();
  TestSegment data = tcp.next_of_client();
  data.flags = tcp_flag::kPsh | tcp_flag::kAck;
  const std::string bytes(1000, 'x');
  data.payload = bytes;
  data.fate = PacketFate::lost;
  append(store, data);
  const auto measured = [&](const std::string& row) {
    const SectionJudgement judged = judge_measures(measures_sheet(row), measured_evidence(store));
    return judged.failures.empty() ? judged.check.reason : judged.failures[0].message;
  };
  CHECK(measured("| goodput | > 1 bit/s | |\n") ==
        "goodput: no payload arrived, or all of it at once");
  data.fate = PacketFate::arrived;
  append(store, data);
  TestSegment answer;
  answer.from = data.to;
  answer.to = data.from;
  answer.flags = tcp_flag::kAck;
  answer.sequence = data.acknowledgement;
  answer.acknowledgement = data.sequence + 1000;
  answer.time = data.time + std::chrono::milliseconds(250);
  append(store, answer);
  append(store, answer);  // acknowledges nothing new
  CHECK(measured("| goodput | > 32 kbit/s | |\n") ==
        "goodput: 32.0 kbit/s (1000 bytes in 250.000 ms, from packet 4 to packet 6)");
  CHECK(measured("| goodput | 32 kbit/s..0.04 Mbit/s | |\n").empty());
}

TEST_CASE("goodput over UDP counts the datagrams that arrived", "[judge]") {
  PacketStore store;
  const Endpoint client = endpoint(kMeasuredClient);
  const Endpoint server = endpoint("127.0.0.1:7");
  append(store, TestDatagram{std::chrono::milliseconds(0), client, server, "12345"});
  TestDatagram lost{std::chrono::milliseconds(50), client, server, "12345"};
  lost.fate = PacketFate::lost;
  append(store, lost);
  append(store, TestDatagram{std::chrono::milliseconds(100), client, server, "12345"});
  Evidence evidence;
  evidence.udp_port = 7;
  evidence.played.actors = {{"client", client, false}};
  evidence.traffic = assign_traffic(decode_capture(store, 0, 7), evidence.played);
  const SectionJudgement judged =
      judge_measures(measures_sheet("| goodput | > 1 Mbit/s | must |\n"), evidence);
  REQUIRE(judged.failures.size() == 1);
  CHECK(judged.failures[0].message ==
        "goodput: 0.8 kbit/s (10 bytes in 100.000 ms, from packet 1 to packet 3)");
}

TEST_CASE("what arrived has nothing to recover from", "[judge]") {
  const PacketStore store = echo_packets();
  const SectionJudgement judged =
      judge_measures(measures_sheet("| recovery time | < 200ms | |\n"), measured_evidence(store));
  CHECK(judged.check.reason == "recovery time: the path lost nothing that is sent again");
}

TEST_CASE("packets of strangers are not the sheet's, unless a program has them", "[judge]") {
  PacketStore store = echo_packets();
  TestConversation other(store, endpoint("127.0.0.9:40009"), endpoint("127.0.0.1:7"));
  other.handshake();
  const Scenario scenario =
      measures_sheet("| packets | " + std::to_string(echo_packets().size()) + " | |\n");
  CHECK(judge_measures(scenario, measured_evidence(store)).check.verdict == Verdict::pass);
  CHECK(judge_measures(scenario, measured_evidence(store, {"tool"})).check.verdict ==
        Verdict::fail);
}

TEST_CASE("numbers of an unsound capture are no verdict", "[judge]") {
  const PacketStore store = echo_packets();
  Evidence seen = measured_evidence(store);
  seen.soundness.faults = {"1 packet was dropped"};
  CHECK(judge_measures(measures_sheet("| packets | 1 | |\n"), seen).check.verdict ==
        Verdict::inconclusive);
  CHECK(judge_measures(measures_sheet("| server threads | +1 | |\n"), seen).check.verdict ==
        Verdict::pass);
}

TEST_CASE("offline, packets are counted and the rest is named as not judged", "[judge]") {
  const PacketStore store = echo_packets();
  Evidence seen = measured_evidence(store);
  seen.offline = true;
  seen.server_use.reset();
  SectionJudgement judged = judge_measures(measures_sheet("| reply time | < 1s | |\n"), seen);
  CHECK(judged.check.verdict == Verdict::skip);
  CHECK(judged.check.reason == "reply time: only a run can measure it");
  judged =
      judge_measures(measures_sheet("| server cpu | < 5% | |\n| retransmissions | 0 | |\n"), seen);
  CHECK(judged.check.verdict == Verdict::pass);
  CHECK(judged.check.reason == "server cpu: only a run can measure it");
}

TEST_CASE("a server that could not be measured is skipped with the reason", "[judge]") {
  const PacketStore store = echo_packets();
  Evidence seen = measured_evidence(store);
  seen.server_use.reset();
  seen.server_unmeasured = "the server has ended";
  const auto judged = judge_measures(measures_sheet("| server threads | +0 | |\n"), seen);
  CHECK(judged.check.verdict == Verdict::skip);
  CHECK(judged.check.reason == "server threads: the server has ended");
}

TEST_CASE("the times of a traced run are not judged, its counts are", "[judge]") {
  const PacketStore store = echo_packets();
  Evidence seen = measured_evidence(store);
  seen.played.calls.push_back(client_call("accept", 5));
  seen.played.calls.back().side = Side::server;
  seen.played.calls.back().order = 1;
  for (const char* row : {"| reply time | < 1s | |\n", "| server cpu | < 5% | |\n"}) {
    CHECK(judge_measures(measures_sheet(row), seen).check.verdict == Verdict::skip);
  }
  CHECK(judge_measures(measures_sheet("| server threads | +1 | |\n"), seen).check.verdict ==
        Verdict::pass);
}

TEST_CASE("a reply's time runs from the last byte of the request to the first of the reply",
          "[judge]") {
  PacketStore store;
  TestConversation tcp(store, endpoint(kMeasuredClient), endpoint("127.0.0.1:7"));
  tcp.handshake();
  tcp.client("pi");
  tcp.client("ng");
  tcp.server_ack();
  tcp.server("po");
  tcp.server("ng");
  const std::vector<Packet> packets = store.decode_all();
  const Conversations conversations = build_conversations(packets, 7, 0);
  const std::vector<ActorEndpoint> actors{{"client", endpoint(kMeasuredClient), true}};
  const std::vector<SocketCall> calls{client_call("send", 2), client_call("send", 2),
                                      client_call("recv", 2), client_call("recv", 2)};
  const auto slowest = find_slowest_reply(conversations, actors, calls);
  REQUIRE(slowest);
  CHECK(slowest->request == 4);
  CHECK(slowest->reply == 6);
  CHECK(slowest->lasted == packets[6].raw.time - packets[4].raw.time);
  // The second recv has no request of its own, and calls on another socket are none of this one.
  const std::vector<SocketCall> others{client_call("send", 4, 2), client_call("recv", 4, 2)};
  CHECK_FALSE(find_slowest_reply(conversations, actors, others));
}

TEST_CASE("of datagrams a reply's time runs from the n-th sent to the n-th received", "[judge]") {
  PacketStore store;
  const auto add = [&](int milliseconds, const char* from, const char* to) {
    append(store, TestDatagram{std::chrono::milliseconds(milliseconds), endpoint(from),
                               endpoint(to), "ping"});
  };
  add(0, kMeasuredClient, "127.0.0.1:7");
  add(5, "127.0.0.1:7", kMeasuredClient);
  add(10, kMeasuredClient, "127.0.0.1:7");
  add(40, "127.0.0.1:7", kMeasuredClient);
  const std::vector<Packet> packets = store.decode_all();
  const std::vector<SocketCall> calls{client_call("send", 4), client_call("recv", 4),
                                      client_call("send", 4), client_call("recv", 4)};
  const auto slowest = find_slowest_reply(
      build_conversations(packets, 0, 7),
      std::vector{ActorEndpoint{"client", endpoint(kMeasuredClient), false}}, calls);
  REQUIRE(slowest);
  CHECK(slowest->lasted == std::chrono::milliseconds(30));
  CHECK(slowest->request == 2);
  CHECK(slowest->reply == 3);
}

TEST_CASE("of several actors the slowest reply counts, each on its own sockets", "[judge]") {
  PacketStore store;
  const auto exchange = [&](const char* client, int milliseconds) {
    TestConversation tcp(store, endpoint(client), endpoint("127.0.0.1:7"));
    tcp.handshake();
    tcp.client("ping");
    tcp.wait(std::chrono::milliseconds(milliseconds));
    tcp.server("pong");
    tcp.close();
  };
  exchange("127.0.0.2:1", 10);
  exchange("127.0.0.2:2", 50);
  exchange("127.0.0.3:3", 30);
  const auto reply_of = [&](const std::string& actor, std::uint64_t socket) {
    std::vector<SocketCall> calls{client_call("send", 4, socket), client_call("recv", 4, socket)};
    for (SocketCall& one : calls) one.actor = actor;
    return calls;
  };
  const std::vector<ActorEndpoint> actors{{"alice", endpoint("127.0.0.2:1"), true},
                                          {"bob", endpoint("127.0.0.3:3"), true},
                                          {"alice", endpoint("127.0.0.2:2"), true}};
  const std::vector<Packet> packets = store.decode_all();
  const Conversations conversations = build_conversations(packets, 7, 0);
  std::vector<SocketCall> calls = reply_of("alice", 1);
  for (const SocketCall& one : reply_of("bob", 1)) calls.push_back(one);
  auto slowest = find_slowest_reply(conversations, actors, calls);
  REQUIRE(slowest);
  CHECK(slowest->actor == "bob");
  for (const SocketCall& one : reply_of("alice", 2)) calls.push_back(one);
  slowest = find_slowest_reply(conversations, actors, calls);
  CHECK(slowest->actor == "alice");
  CHECK(slowest->lasted >= std::chrono::milliseconds(50));
}

TEST_CASE("a measure of the server says why it fails, one of packets nothing", "[judge]") {
  const PacketStore store = echo_packets();
  const auto why = [&](const char* row) {
    const SectionJudgement judged = judge_measures(measures_sheet(row), measured_evidence(store));
    REQUIRE(judged.failures.size() == 1);
    const Diagnostic& failure = judged.failures.front();
    const auto found = std::ranges::find(failure.notes, "why", &Note::label);
    return found == failure.notes.end() ? std::string("none") : found->text;
  };
  CHECK_THAT(why("| server descriptors | +2 | |\n"),
             Catch::Contains("until the server calls close"));
  CHECK(why("| packets | 1 | |\n") == "none");
}

TEST_CASE("the share of the CPU is what was used in the time of the session", "[judge]") {
  const PacketStore store = echo_packets();
  Evidence seen = measured_evidence(store);
  seen.server_use->before.cpu = std::chrono::milliseconds(10);
  const Scenario half = measures_sheet("| server cpu | < 1% | |\n");
  SectionJudgement judged = judge_measures(half, seen);
  REQUIRE(judged.failures.size() == 1);
  CHECK(judged.failures[0].message == "server cpu: 6.7% (20.000 ms in 300.000 ms)");
  seen.server_use->lasted = Duration(0);
  judged = judge_measures(half, seen);
  CHECK(judged.check.verdict == Verdict::skip);
  CHECK(judged.check.reason == "server cpu: the session took no time");
}

TEST_CASE("a reply time names its packets, and is none where nobody was answered", "[judge]") {
  const PacketStore store = echo_packets();
  const Scenario at_once = measures_sheet("| reply time | < 1us | |\n");
  Evidence seen = measured_evidence(store);
  const SectionJudgement judged = judge_measures(at_once, seen);
  REQUIRE(judged.failures.size() == 1);
  CHECK(judged.failures[0].message == "reply time: 1.000 ms to client, from packet 4 to packet 5");
  seen.played.calls.clear();
  const SectionJudgement none = judge_measures(at_once, seen);
  CHECK(none.check.verdict == Verdict::skip);
  CHECK(none.check.reason == "reply time: no request was answered");
}

TEST_CASE("datagrams count as packets", "[judge]") {
  PacketStore store = echo_packets();
  const std::size_t before = store.size();
  append(store, TestDatagram{{}, endpoint(kMeasuredClient), endpoint("127.0.0.1:7"), "one"});
  append(store, TestDatagram{{}, endpoint("127.0.0.1:7"), endpoint(kMeasuredClient), "two"});
  Evidence seen = measured_evidence(store);
  seen.played.actors.push_back({"client", endpoint(kMeasuredClient), false});
  seen.traffic = assign_traffic(decode_capture(store, 7, 7), seen.played);
  const std::string row = "| packets | " + std::to_string(before + 2) + " | |\n";
  CHECK(judge_measures(measures_sheet(row), seen).check.verdict == Verdict::pass);
}

}  // namespace wireproof
