#include "judge/explain/session_walk.h"

#include "catch.h"
#include "judge/judge.h"
#include "judge/offline/read_evidence.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

Scenario sheet_with_steps(const std::string& steps, const std::string& rest = "") {
  const std::string text =
      "---\nserver: echo\n---\n# One\n## Session\n```session\n" + steps + "```\n" + rest;
  auto parsed = parse_scenario("one", SourceText("one.md", text), {});
  if (!parsed) FAIL(parsed.error().front().message);
  return *std::move(parsed);
}

std::string texts(const std::vector<EncodedMessage>& messages) {
  std::string text;
  for (const EncodedMessage& message : messages) {
    text += std::string(message.bytes.begin(), message.bytes.end()) + " ";
  }
  return text;
}

TEST_CASE("in nested repeats the walk stops where the step failed, not where `i` is the same",
          "[judge]") {
  const Scenario sheet = sheet_with_steps(
      "bob: connect\n"
      "repeat 2 {\n"
      "repeat 2 {\n"
      "bob: send \"s{i}\"\n"
      "bob: recv \"r{i}\"\n"
      "}\n"
      "}\n");
  const SessionPlan plan = plan_session(*sheet.session);
  FailedStep failed;
  failed.actor = "bob";
  failed.variables = {{"i", "1"}};
  failed.playing = 6;  // the first of the second outer repetition
  const SessionWalk walk = walk_session(sheet, plan, failed);
  REQUIRE(walk.failed != nullptr);
  CHECK(texts(walk.requests) == "s1 s2 s1 ");
  CHECK(texts(walk.replies) == "r1 r2 ");
  CHECK(walk.received_size == 4);
  REQUIRE(walk.expected);
  CHECK(texts({*walk.expected}) == "r1 ");
  CHECK(texts(walk.later) == "r2 ");
  failed.playing = plan.steps.size();
  CHECK(walk_session(sheet, plan, failed).failed == nullptr);
  CHECK(walk_session(sheet, plan, failed).requests.empty());
}

Message message_of(std::vector<MessagePart> parts) {
  return {std::move(parts), {}};
}

TEST_CASE("a message has a layout where it has one alone", "[judge]") {
  LayoutSet layouts;
  layouts["one"] = {"one", {}};
  layouts["two"] = {"two", {}};
  const LayoutPart one{"one", {}};
  const LayoutPart two{"two", {}};
  const TextPart text{"x", 1};
  CHECK(only_layout(message_of({text}), layouts) == nullptr);
  CHECK(only_layout(message_of({one}), layouts) == &layouts.at("one"));
  CHECK(only_layout(message_of({text, two, text}), layouts) == &layouts.at("two"));
  CHECK(only_layout(message_of({one, two}), layouts) == nullptr);
  CHECK(only_layout(message_of({one, one}), layouts) == nullptr);
  CHECK(only_layout(message_of({LayoutPart{"three", {}}}), layouts) == nullptr);
}

TEST_CASE("each layout of a send is a request, and so is what stands behind them", "[judge]") {
  const auto requests = [](const std::string& message) {
    const Scenario sheet =
        sheet_with_steps("connect\nsend " + message + "\nrecv eof\n",
                         "## Layout: id\n| Field | Type |\n|-------|------|\n| id    | u8   |\n");
    return count_exchanges(plan_session(*sheet.session), "client").requests;
  };
  CHECK(requests("\"a\"") == 1);
  CHECK(requests("\"a\" \"b\"") == 1);
  CHECK(requests("id id=1") == 1);
  CHECK(requests("id id=1 id id=2") == 2);
  CHECK(requests("id id=1 \"x\"") == 2);
  CHECK(requests("\"x\" id id=1") == 1);
}

TEST_CASE("a new connection forgets what was said on the one before", "[judge]") {
  const Scenario sheet = sheet_with_steps(
      "connect\nsend \"a\"\nrecv until \"\\n\"\nclose\n"
      "connect\nsend \"b\"\nrecv 3 bytes\nrecv \"c\"\n");
  const SessionPlan plan = plan_session(*sheet.session);
  FailedStep failed;
  failed.actor = "client";
  failed.playing = 7;
  const SessionWalk walk = walk_session(sheet, plan, failed);
  CHECK(texts(walk.requests) == "b ");
  CHECK(walk.replies.size() == 1);
  CHECK(walk.received_known);
  CHECK(walk.received_size == 3);
  failed.playing = 3;
  CHECK_FALSE(walk_session(sheet, plan, failed).received_known);
}

TEST_CASE("what an actor says and expects is counted with all repetitions", "[judge]") {
  const Scenario sheet = sheet_with_steps(
      "clients 2\n"
      "each: connect\n"
      "each: repeat 3 {\nsend \"a{n}{i}\"\nrecv \"b{n}{i}\"\n}\n"
      "c2: send \"x\"\n"
      "each: repeat 1 {\nrecv eof\n}\n");
  const SessionPlan plan = plan_session(*sheet.session);
  CHECK(count_exchanges(plan, "c1").requests == 3);
  CHECK(count_exchanges(plan, "c2").requests == 4);
  CHECK(count_exchanges(plan, "c2").replies == 3);
  CHECK(count_exchanges(plan, "c1").waits_for_end);
  const Bytes expected = expected_bytes(sheet, plan, "c2", {});
  CHECK(std::string(expected.begin(), expected.end()) == "b21b22b23");
  CHECK(expected_bytes(sheet, plan, "nobody", {}).empty());
}

constexpr const char* kServerFinFirst =
    "## Packets\n"
    "| From   | To     | Info       |\n"
    "|--------|--------|------------|\n"
    "| client | server | [SYN]      |\n"
    "| server | client | [SYN, ACK] |\n"
    "| client | server | [ACK]      |\n"
    "| server | client | [FIN, ACK] |\n"
    "| client | server | [FIN, ACK] |\n";

// What the judge says where the client's FIN came first.
std::string judged_race(const std::string& steps) {
  const Scenario sheet = sheet_with_steps(steps, kServerFinFirst);
  PacketStore store;
  TestConversation tcp(store, endpoint("127.0.0.2:40000"), endpoint("127.0.0.1:7"));
  tcp.handshake();
  tcp.close();
  const ScenarioResult result = judge(sheet, read_evidence(sheet, store, 7, 0));
  std::string text;
  for (const Failure& failure : result.failures) text += failure.rendered;
  REQUIRE_FALSE(text.empty());
  return text;
}

TEST_CASE("a client that waits for the end inside of a repeat waits", "[judge]") {
  const std::string claim = "the session closes without `recv eof`";
  CHECK_THAT(judged_race("connect\nclose\n"), Catch::Contains(claim));
  CHECK_THAT(judged_race("connect\nrecv eof\nclose\n"), !Catch::Contains(claim));
  CHECK_THAT(judged_race("connect\nrepeat 1 {\nrecv eof\n}\nclose\n"), !Catch::Contains(claim));
}

struct ProgramPlay {
  explicit ProgramPlay(const std::string& steps) : sheet(sheet_with_steps(steps)) {
    evidence.tcp_port = 7;
    evidence.played.programs = {"tool"};
    evidence.soundness.captured = true;
  }

  // The explanation of the failure of one playing, out of time.
  std::string explanation(std::size_t playing) {
    FailedStep failed;
    failed.diagnostic.message = "the program still runs";
    failed.diagnostic.span = sheet.session->steps.back().span;
    failed.actor = "tool";
    failed.playing = playing;
    failed.end = StepEnd::timed_out;
    failed.gave_up = kTestStart + std::chrono::seconds(10);
    evidence.played.failures = {failed};
    evidence.traffic = assign_traffic(decode_capture(store, 7, 0), evidence.played);
    const ScenarioResult result = judge(sheet, evidence);
    return std::string(explanation_name(result.failures.front().diagnostic.explanation));
  }

  Scenario sheet;
  PacketStore store;
  Evidence evidence;
};

TEST_CASE("a program that waits for a server that never closes is told so", "[judge]") {
  ProgramPlay play("tool: run \"nc {host} {port}\"\ntool: exits 0\n");
  TestConversation tcp(play.store, endpoint("127.0.0.1:40000"), endpoint("127.0.0.1:7"));
  tcp.handshake();
  tcp.client("ping");
  CHECK(play.explanation(1).empty());  // what else it waits for nobody knows
  tcp.client("", tcp_flag::kFin);
  tcp.server_ack();
  CHECK(play.explanation(1) == "close-wait");
  // Where the client is judged, the server is our own.
  play.evidence.judges_client = true;
  CHECK(play.explanation(1) == "client-waits");
}

TEST_CASE("a program that waits behind another client is told so", "[judge]") {
  ProgramPlay play(
      "alice: connect\nalice: send \"a\"\nalice: recv \"b\"\n"
      "tool: run \"nc {host} {port}\"\ntool: prints \"b\"\n");
  play.evidence.played.actors = {{"alice", endpoint("127.0.0.2:40000"), true}};
  TestConversation alice(play.store, endpoint("127.0.0.2:40000"), endpoint("127.0.0.1:7"));
  alice.handshake();
  alice.client("a");
  alice.server("b");
  TestConversation tool(play.store, endpoint("127.0.0.1:50000"), endpoint("127.0.0.1:7"));
  tool.handshake();
  tool.client("a");
  tool.server_ack();
  CHECK(play.explanation(4) == "one-at-a-time");
}

}  // namespace
}  // namespace wireproof
