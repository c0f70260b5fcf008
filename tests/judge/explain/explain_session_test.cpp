#include "judge/explain/explain.h"

#include "catch.h"
#include "judge/parsed_sheet.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

Scenario echo_sheet() {
  const std::string text =
      "---\nserver: echo\n---\n# One echo\n\n## Session\n```session\n"
      "connect\nsend \"ping\"\nrecv \"pong\"\nrecv eof\n```\n";
  return parse_sheet(text);
}

FailedStep failed_step(const Scenario& scenario, std::size_t step, StepEnd end) {
  FailedStep failed;
  failed.actor = "client";
  failed.playing = step;
  failed.diagnostic.span = scenario.session->steps.at(step).span;
  failed.diagnostic.message = "step " + std::to_string(step) + " failed";
  failed.end = end;
  return failed;
}

// Somebody's connection stays open, and the client behind it gets no answer.
Evidence unanswered(const PacketStore& store, const Scenario& scenario,
                    const std::vector<std::string>& programs) {
  Evidence evidence;
  evidence.played.actors = {{"client", endpoint("127.0.0.2:40000"), true}};
  evidence.played.programs = programs;
  evidence.played.failures = {failed_step(scenario, 2, StepEnd::timed_out)};
  evidence.traffic = assign_traffic(decode_capture(store, 7, 0), evidence.played);
  return evidence;
}

PacketStore unanswered_packets(std::string_view answer) {
  PacketStore store;
  TestConversation other(store, endpoint("127.0.0.9:40009"), endpoint("127.0.0.1:7"));
  other.handshake();
  if (!answer.empty()) other.server(answer);
  TestConversation own(store, endpoint("127.0.0.2:40000"), endpoint("127.0.0.1:7"));
  own.handshake();
  own.client("ping");
  own.server_ack();
  return store;
}

}  // namespace

TEST_CASE("a program's connection is seen by an explanation as by the tables", "[judge]") {
  const Scenario scenario = echo_sheet();
  const PacketStore store = unanswered_packets("");
  const Diagnostics failures = explain_session(scenario, unanswered(store, scenario, {"tool"}));
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].explanation == ExplanationId::one_at_a_time);
  REQUIRE(failures[0].notes.size() == 1);
  CHECK(failures[0].notes[0].text.find("the connection of tool,") != std::string::npos);
  CHECK(explain_session(scenario, unanswered(store, scenario, {}))[0].explanation !=
        ExplanationId::one_at_a_time);
}

TEST_CASE("nobody is blamed for not reading whose reads are not known", "[judge]") {
  const Scenario scenario = echo_sheet();
  const PacketStore store = unanswered_packets(std::string(1000, 'x') + std::string(1400, 'y'));
  const Diagnostics failures = explain_session(scenario, unanswered(store, scenario, {"tool"}));
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].explanation == ExplanationId::one_at_a_time);
}

TEST_CASE("a client is blamed for what it was sent and its calls did not take", "[judge]") {
  const Scenario scenario = echo_sheet();
  const PacketStore store = unanswered_packets(std::string(2400, 'x'));
  Evidence evidence = unanswered(store, scenario, {});
  evidence.played.actors.push_back({"bob", endpoint("127.0.0.9:40009"), true});
  evidence.traffic = assign_traffic(decode_capture(store, 7, 0), evidence.played);
  const auto explained = [&] { return explain_session(scenario, evidence)[0].explanation; };
  CHECK(explained() == ExplanationId::blocked_by_reader);
  SocketCall read;
  read.actor = "bob";
  read.name = "recv";
  read.result = 1200;
  evidence.played.calls = {read, read};
  CHECK(explained() == ExplanationId::one_at_a_time);
  // What an earlier connection took is none of this one's.
  SocketCall connect = read;
  connect.name = "connect";
  connect.result = 0;
  evidence.played.calls = {read, connect, read};
  CHECK(explained() == ExplanationId::one_at_a_time);
  evidence.played.calls = {read, read, connect};
  CHECK(explained() == ExplanationId::blocked_by_reader);
  evidence.offline = true;
  CHECK(explained() == ExplanationId::one_at_a_time);
}

TEST_CASE("what had no room while the client did not read, and never came, was not sent again",
          "[judge]") {
  const Scenario scenario = echo_sheet();
  const std::uint16_t window = GENERATE(std::uint16_t{0}, std::uint16_t{64240});
  PacketStore store;
  TestConversation own(store, endpoint("127.0.0.2:40000"), endpoint("127.0.0.1:7"));
  own.handshake();
  own.client("ping");
  own.server("po");
  TestSegment full = own.next_of_client();
  full.flags = tcp_flag::kAck;
  full.window = window;
  append(store, full);
  own.client_ack();
  Evidence evidence = unanswered(store, scenario, {});
  evidence.played.failures[0].received = {'p', 'o'};
  evidence.traffic = assign_traffic(decode_capture(store, 7, 0), evidence.played);
  const Diagnostic failure = explain_session(scenario, evidence)[0];
  CHECK((failure.explanation == ExplanationId::short_send) == (window == 0));
}

TEST_CASE("another answer than the one that is awaited is not a late one", "[judge]") {
  const Scenario scenario = echo_sheet();
  const std::string said = GENERATE(as<std::string>{}, "pong", "news");
  PacketStore store;
  TestConversation own(store, endpoint("127.0.0.2:40000"), endpoint("127.0.0.1:7"));
  own.handshake();
  own.client("ping");
  own.server_ack();
  own.wait(std::chrono::seconds(2));
  own.server(said);
  Evidence evidence = unanswered(store, scenario, {});
  evidence.played.failures[0].gave_up = kTestStart + std::chrono::seconds(1);
  evidence.traffic = assign_traffic(decode_capture(store, 7, 0), evidence.played);
  const Diagnostic failure = explain_session(scenario, evidence)[0];
  CHECK((failure.explanation == ExplanationId::late_reply) == (said == "pong"));
}

TEST_CASE("an answer that others owe the server makes it neither late nor wait for an end",
          "[judge]") {
  const Scenario scenario = echo_sheet();
  const bool asks = GENERATE(false, true);
  PacketStore store;
  if (asks) {
    TestConversation other(store, endpoint("127.0.0.1:50000"), endpoint("127.0.0.1:8080"));
    other.handshake();
  }
  TestConversation own(store, endpoint("127.0.0.2:40000"), endpoint("127.0.0.1:7"));
  own.handshake();
  own.client("ping");
  own.server_ack();
  own.wait(std::chrono::seconds(2));
  own.server("pong");
  Evidence evidence = unanswered(store, scenario, {});
  if (asks) {
    evidence.played.actors.push_back({std::string(kServerName), endpoint("127.0.0.1:50000"), true});
  }
  evidence.played.failures[0].gave_up = kTestStart + std::chrono::seconds(1);
  evidence.traffic = assign_traffic(decode_capture(store, 7, 0), evidence.played);
  const Diagnostic failure = explain_session(scenario, evidence)[0];
  CHECK((failure.explanation == ExplanationId::late_reply) == !asks);
}

TEST_CASE("failures with a cause stand before those without", "[judge]") {
  const Scenario scenario = echo_sheet();
  const PacketStore store = unanswered_packets("");
  Evidence evidence = unanswered(store, scenario, {"tool"});
  evidence.played.failures.insert(evidence.played.failures.begin(),
                                  failed_step(scenario, 0, StepEnd::other));
  const Diagnostics failures = explain_session(scenario, evidence);
  REQUIRE(failures.size() == 2);
  CHECK(failures[0].message == "step 2 failed");
  CHECK(failures[1].message == "step 0 failed");
  CHECK(failures[1].notes.empty());
}

TEST_CASE("only what a client's own calls took from its connection counts as read", "[judge]") {
  const Scenario scenario = echo_sheet();
  const PacketStore store = unanswered_packets(std::string(2400, 'x'));
  Evidence evidence = unanswered(store, scenario, {});
  evidence.played.actors.push_back({"bob", endpoint("127.0.0.9:40009"), true});
  evidence.traffic = assign_traffic(decode_capture(store, 7, 0), evidence.played);
  struct Case {
    std::string actor;
    Side side;
    std::string name;
    std::int64_t result;
    const char* unread;
  };
  const std::vector<Case> cases{{"bob", Side::client, "recv", 300, "the 2100 bytes"},
                                {"bob", Side::client, "recv", -1, "the 2400 bytes"},
                                {"bob", Side::client, "send", 1200, "the 2400 bytes"},
                                {"bob", Side::server, "recv", 1200, "the 2400 bytes"},
                                {"client", Side::client, "recv", 1200, "the 2400 bytes"}};
  for (const Case& one : cases) {
    CAPTURE(one.actor, one.name, one.result);
    SocketCall call;
    call.actor = one.actor;
    call.side = one.side;
    call.name = one.name;
    call.result = one.result;
    evidence.played.calls = {call};
    const Diagnostic failure = explain_session(scenario, evidence)[0];
    CHECK(failure.explanation == ExplanationId::blocked_by_reader);
    REQUIRE(failure.notes.size() == 1);
    CHECK(failure.notes[0].text.find(one.unread) != std::string::npos);
  }
}

TEST_CASE("a datagram from another port of the server is seen by an explanation", "[judge]") {
  const std::string text =
      "---\nserver: echo\ntransport: udp\n---\n# One echo\n\n## Session\n```session\n"
      "connect\nsend \"ping\"\nrecv \"pong\"\n```\n";
  const Scenario sheet = parse_sheet(text);
  PacketStore store;
  const Endpoint client = endpoint("127.0.0.2:40000");
  append(store, TestDatagram{{}, client, endpoint("127.0.0.1:7"), "ping"});
  append(store, TestDatagram{{}, endpoint("127.0.0.1:9"), client, "pong"});
  TestConversation other(store, endpoint("127.0.0.1:9"), client);
  other.client("no datagram");
  Evidence evidence;
  evidence.played.actors = {{"client", client, false}};
  evidence.played.failures = {failed_step(sheet, 2, StepEnd::timed_out)};
  evidence.traffic = assign_traffic(decode_capture(store, 0, 7), evidence.played);
  const Diagnostics failures = explain_session(sheet, evidence);
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].explanation == ExplanationId::other_port);
}

TEST_CASE("what a client did not read any more belongs to its failed step", "[judge]") {
  const auto failed_with = [](const std::string& steps, std::size_t step,
                              const std::string& received, const std::string& stream,
                              const std::vector<std::int64_t>& reads) {
    const std::string text =
        "---\nserver: echo\n---\n# One\n\n## Session\n```session\n" + steps + "```\n";
    const Scenario sheet = parse_sheet(text);
    PacketStore store;
    TestConversation own(store, endpoint("127.0.0.2:40000"), endpoint("127.0.0.1:7"));
    own.handshake();
    own.client("a");
    own.server(stream);
    Evidence evidence;
    evidence.played.actors = {{"client", endpoint("127.0.0.2:40000"), true}};
    FailedStep failed = failed_step(sheet, step, StepEnd::bytes);
    failed.received = Bytes(received.begin(), received.end());
    evidence.played.failures = {failed};
    for (const std::int64_t size : reads) {
      SocketCall call;
      call.actor = "client";
      call.name = "recv";
      call.result = size;
      evidence.played.calls.push_back(call);
    }
    evidence.traffic = assign_traffic(decode_capture(store, 7, 0), evidence.played);
    const Diagnostic failure = explain_session(sheet, evidence).front();
    const std::string why = failure.notes.empty() ? "" : failure.notes.front().text;
    return std::string(explanation_name(failure.explanation)) + ": " + why;
  };
  // The first reply has its size, so that the second one begins behind it.
  CHECK_THAT(failed_with("connect\nsend \"a\"\nrecv 3 bytes\nrecv \"GRÜN\"\n", 3, "GR\xc3\x83",
                         "xyzGR\xc3\x83\xc2\x9cN", {3, 4}),
             Catch::StartsWith("latin1: "));
  // Else the calls tell how much was taken before it.
  CHECK_THAT(failed_with("connect\nsend \"a\"\nrecv until \"\\n\"\nrecv \"GRÜN\"\n", 3,
                         "GR\xc3\x83", "xy\nGR\xc3\x83\xc2\x9cN", {3, 4}),
             Catch::StartsWith("latin1: "));
  // What broke a silence was not taken.
  CHECK_THAT(failed_with("connect\nsend \"a\"\nrecv until \"\\n\"\nrecv nothing for 1ms\n", 3, "!",
                         "xy\n!!", {3}),
             Catch::Contains("came 2 bytes that"));
  // Where the capture shows something else, what was received stands.
  CHECK_THAT(failed_with("connect\nsend \"a\"\nrecv 3 bytes\nrecv \"GRÜN\"\n", 3, "GR\xdcN",
                         "xyzGR\xc3\x83\xc2\x9cN", {3, 4}),
             Catch::Contains("came as the one byte dc"));
}

}  // namespace wireproof
