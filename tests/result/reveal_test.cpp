#include "result/reveal.h"

#include "base/text/bytes.h"
#include "catch.h"
#include "result/result_codec.h"
#include "support/contains.h"

namespace wireproof {
namespace {

constexpr const char* kSecret = "the-secret";

std::string secret(const std::string& around) {
  return around + " " + kSecret;
}

// Whatever can name what a sheet expects does so.
ScenarioResult failed_result() {
  ScenarioResult result;
  result.id = "hidden/one";
  result.title = "The answer comes back";
  result.verdict = Verdict::fail;
  result.reason = secret("expected");
  Diagnostic failure;
  failure.message = secret("recv got something else than");
  failure.label = secret("here");
  failure.span = Span{1, 2};
  failure.notes = {{"expected", secret("")},    {"captured", "\"came\""},
                   {"bytes", "[63] 61"},        {"received", "4 bytes: 63 61 6d 65"},
                   {"why", secret("it is no")}, {"help", secret("send")},
                   {"", secret("as")}};
  failure.explanation = ExplanationId::byte_order;
  result.failures = {{failure, secret("error: rendered")}};
  result.symptoms = {{CheckKind::session, 3, Mismatch::other_bytes, secret("field")}};
  CheckResult check;
  check.name = "Session";
  check.verdict = Verdict::fail;
  check.reason = secret("step 3:");
  check.variants = {secret("row of")};
  check.history = "ShAD";
  check.points = 1;
  check.max_points = 2;
  check.call_rows.emplace_back().call = secret("send");
  check.packet_rows.emplace_back().info = secret("[FIN, ACK]");
  result.checks = {check};
  PacketLine packet;
  packet.info = "[PSH, ACK] Seq=1 Ack=1 Len=4";
  const ByteView payload = as_bytes("came");
  packet.payload.assign(payload.begin(), payload.end());
  packet.rows = {{"Packets", 7}};
  packet.remark.mark = PacketMark::unexpected;
  result.packets = {packet};
  result.steps = {{"client", "send \"hello\"", 4, {}, {}, true, "5 bytes"},
                  {"client", secret("recv"), 5, {}, {}, false, secret("no")}};
  result.server_output = "a line of the server\n";
  result.history = "ShAD";
  result.points = 1;
  result.max_points = 2;
  return result;
}

}  // namespace

TEST_CASE("what is revealed stays as it is", "[result]") {
  ScenarioResult result = failed_result();
  conceal(result, Reveal::all);
  CHECK(result == failed_result());
}

TEST_CASE("of a hidden sheet what came is told, and nothing of what was expected", "[result]") {
  REQUIRE(contains(write_json(failed_result()), kSecret));
  ScenarioResult result = failed_result();
  conceal(result, Reveal::observed);
  CHECK_FALSE(contains(write_json(result), kSecret));
  REQUIRE(result.failures.size() == 1);
  const Failure& failure = result.failures.front();
  CHECK(failure.diagnostic.notes == std::vector<Note>{{"received", "4 bytes: 63 61 6d 65"}});
  CHECK(failure.diagnostic.explanation == ExplanationId::none);
  CHECK(failure.rendered ==
        "error: what came is not what this hidden test expects\n"
        "  = received: 4 bytes: 63 61 6d 65\n");
  CHECK(result.packets.front().payload == failed_result().packets.front().payload);
  CHECK(result.packets.front().rows.empty());
  CHECK(result.packets.front().remark == PacketRemark());
  CHECK(result.steps.front().text == "send");
  CHECK(result.server_output == "a line of the server\n");
}

TEST_CASE("of a hidden step its verb is told", "[result]") {
  const auto told = [](const std::string& text) {
    ScenarioResult result = failed_result();
    result.steps.front().text = text;
    conceal(result, Reveal::observed);
    return result.steps.front().text;
  };
  CHECK(told("recv \"the-secret\"") == "recv");
  CHECK(told("recv\"the-secret\"") == "recv");
  CHECK(told("recv\t/the-secret/") == "recv");
  CHECK(told("alice: recv \"the-secret\"") == "alice: recv");
  CHECK(told("alice:recv\"the-secret\"") == "alice:recv");
  CHECK(told("\"the-secret\"").empty());
}

TEST_CASE("of a sheet with its verdict alone the points are told as well", "[result]") {
  ScenarioResult result = failed_result();
  conceal(result, Reveal::verdict);
  const std::string json = write_json(result);
  for (const char* const observed :
       {kSecret, "63 61 6d 65", "a line of the server", "ShAD", "hello"}) {
    CHECK_FALSE(contains(json, observed));
  }
  CHECK(result.verdict == Verdict::fail);
  CHECK(result.points == 1);
  CHECK(result.checks.front().verdict == Verdict::fail);
}

TEST_CASE("why a hidden sheet was not played is told", "[result]") {
  ScenarioResult result = failed_result();
  result.verdict = Verdict::error;
  result.reason = "the server does not start";
  conceal(result, Reveal::verdict);
  CHECK(result.reason == "the server does not start");
}

TEST_CASE("each sheet of a run keeps to itself what it wants", "[result]") {
  RunResult run;
  run.scenarios = {summarize({failed_result()}), summarize({failed_result()})};
  run.scenarios[1].result.id = "open";
  conceal(run, [](const std::string& id) { return id == "open" ? Reveal::all : Reveal::verdict; });
  CHECK(run.scenarios[0].result.failures.empty());
  CHECK(run.scenarios[1].result.failures == failed_result().failures);
}

}  // namespace wireproof
