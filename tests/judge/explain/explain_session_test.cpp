#include "judge/explain/explain.h"

#include "catch.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

Scenario sheet() {
  const std::string text =
      "---\nserver: echo\n---\n# One echo\n\n## Session\n```session\n"
      "connect\nsend \"ping\"\nrecv \"pong\"\nrecv eof\n```\n";
  auto parsed = parse_scenario("test/one", SourceText("test/one.md", text), {});
  REQUIRE(parsed);
  return *parsed;
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
  const Scenario scenario = sheet();
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
  const Scenario scenario = sheet();
  const PacketStore store = unanswered_packets(std::string(1000, 'x') + std::string(1400, 'y'));
  const Diagnostics failures = explain_session(scenario, unanswered(store, scenario, {"tool"}));
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].explanation == ExplanationId::one_at_a_time);
}

TEST_CASE("a client is blamed for what it was sent and its calls did not take", "[judge]") {
  const Scenario scenario = sheet();
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

TEST_CASE("failures with a cause stand before those without", "[judge]") {
  const Scenario scenario = sheet();
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

}  // namespace wireproof
