#include "result/result_codec.h"

#include <stdexcept>

#include "catch.h"
#include "result/explanation.h"
#include "result/json_writer.h"
#include "support/doers.h"

namespace wireproof {

namespace {

Endpoint local_endpoint(std::uint16_t port) {
  IpAddress address;
  address.bytes = {127, 0, 0, 1};
  return {address, port};
}

SocketCall full_call() {
  SocketCall call;
  call.actor = "alice";
  call.side = Side::server;
  call.name = "recv";
  call.process = 17;
  call.thread = 18;
  call.socket = 3;
  call.local = local_endpoint(12345);
  call.entered = Timestamp(Duration(1'700'000'000'123'456'789));
  call.returned = Timestamp(Duration(1'700'000'000'123'456'999));
  call.result = -1;
  call.error_number = 104;
  call.waited = true;
  call.order = 21;
  call.descriptor = 5;
  call.new_socket = 22;
  call.flags = 2;
  call.nonblocking = true;
  call.releases = true;
  call.incoming = true;
  call.message_sizes = {23, 24};
  call.message_peers = {local_endpoint(12346), Endpoint{}};
  call.message_rooms = {31, 32};
  call.inline_urgent = true;
  call.unread_bytes = 25;
  call.linger_seconds = 26;
  call.still_held_by = {27, 28};
  call.watched = {{29, 6, true, false}};
  call.ready = {{30, 7, false, true}};
  call.ended_by_signal = 9;
  return call;
}

PacketLine full_packet() {
  PacketLine packet;
  packet.number = 4;
  packet.time = Timestamp(Duration(1'700'000'000'000'000'001));
  packet.from = "client";
  packet.to = "server";
  packet.from_port = 40000;
  packet.to_port = 65535;
  packet.info = "[PSH, ACK] Seq=1 Ack=1 Len=4";
  packet.length = 4;
  packet.payload = {0x00, 0xff, 0x80, 0x0a};
  packet.cause = called("send");
  packet.cause_inferred = true;
  packet.cause_side = Side::server;
  packet.blocked = called("recv");
  packet.blocked_inferred = true;
  packet.causing_calls = {0, 2};
  packet.taking_calls = {1};
  packet.rows = {{"", 4}, {"alice", 6}};
  packet.remark = {PacketMark::repeat, Repeat::retransmission, {}};
  packet.fate = PacketFate::lost;
  return packet;
}

SocketLine full_socket() {
  return {false, local_endpoint(7), "server", local_endpoint(40000), "alice", "CLOSE-WAIT", 3, 4};
}

// Every field has a value of its own, so that a field which is forgotten or mixed up shows.
ScenarioResult full_result() {
  ScenarioResult result;
  result.id = "calc/one";
  result.title = "\"Eins\" — ünïcode\n\x01";
  result.file = "scenarios/calc/one.md";
  result.server = "calc";
  result.tags = {"a", "b"};
  result.verdict = Verdict::xpass;
  result.reason = "why";
  result.checks = {{CheckKind::measures,
                    "Packets: alice",
                    Verdict::inconclusive,
                    "drops",
                    {"3-packet close"},
                    "ShA",
                    {{2, "listen listener", Level::should, Verdict::fail, {3, 4}}},
                    0.1,
                    2.5}};
  result.failures = {{{Severity::warning,
                       "message",
                       Span{3, 9},
                       "row 2",
                       {{"why", "because"}},
                       ExplanationId::reset_unread},
                      "error: one\n"},
                     {{Severity::error, "no place", std::nullopt, "", {}}, "error: two\n"}};
  result.symptoms = {{CheckKind::sockets, 33, Mismatch::in_use, "body.id"}, Symptom{}};
  result.packets = {full_packet(), PacketLine{}};
  result.call_packets = {{{0}, {1, 2}}, {}};
  result.calls = {full_call(), SocketCall{}};
  result.steps = {{"client", "recv eof", 31, Duration(5), Duration(7), false, "timed out"}};
  result.sockets = {{"open", {full_socket(), SocketLine{}}}, {}};
  result.soundness = {true, 20, 21, 1, true, true, {"1 packet was dropped"}};
  result.server_output = "ok \xff\xfe not UTF-8 \x1b[31m";
  result.capture_file = "out/one.pcap";
  result.started = Timestamp(Duration(-5));
  result.lasted = Duration(1'500'000);
  result.points = 1.0 / 3.0;
  result.max_points = 7;
  result.history = "ShADaFf";
  result.repeat = 9'223'372'036'854'775'809U;
  return result;
}

}  // namespace

TEST_CASE("a packet's fate is in JSON where it is not that it arrived", "[session]") {
  ScenarioResult result;
  for (const PacketFate fate :
       {PacketFate::arrived, PacketFate::late, PacketFate::twice, PacketFate::corrupted,
        PacketFate::cut, PacketFate::corrupted_right}) {
    result.packets.emplace_back().fate = fate;
  }
  const auto json = Json::parse(write_json(result)).at("packets");
  CHECK_FALSE(json.at(0).contains("fate"));
  CHECK(json.at(4).at("fate") == "cut");
  CHECK(read_json<ScenarioResult>(write_json(result)) == result);
  const std::string text = write_json(result);
  std::string wrong = text;
  wrong.replace(wrong.find("\"late\""), 6, "\"gone\"");
  CHECK_THROWS_AS(read_json<ScenarioResult>(wrong), std::runtime_error);
}

TEST_CASE("a scenario's result survives the way to JSON and back, byte for byte", "[session]") {
  const ScenarioResult result = full_result();
  CHECK(read_json<ScenarioResult>(write_json(result)) == result);
  CHECK(read_json<ScenarioResult>(write_json(ScenarioResult{})) == ScenarioResult{});
}

TEST_CASE("every verdict survives the round trip", "[session]") {
  for (const Verdict verdict : {Verdict::pass, Verdict::fail, Verdict::error, Verdict::inconclusive,
                                Verdict::skip, Verdict::xfail, Verdict::xpass, Verdict::flaky}) {
    ScenarioResult result;
    result.verdict = verdict;
    CHECK(read_json<ScenarioResult>(write_json(result)).verdict == verdict);
  }
}

TEST_CASE("a run survives the way to JSON and back", "[session]") {
  RunResult run;
  run.version = "0.1.0";
  run.command_line = {"wireproof", "run", "--only", "\xff"};
  run.started = Timestamp(Duration(12));
  run.lasted = Duration(34);
  run.interrupted = true;
  run.limits = {RunLimit::shared_loopback, RunLimit::reduced_sandbox};
  ScenarioSummary summary;
  summary.result = full_result();
  summary.repeats = 100;
  summary.histories = {{"ShA", Verdict::pass, 99}, {"Sr", Verdict::fail, 1}};
  summary.verdicts = {{Verdict::pass, 99}, {Verdict::fail, 1}};
  run.scenarios = {summary, ScenarioSummary{}};
  CHECK(read_json<RunResult>(write_json(run)) == run);
}

TEST_CASE("every shorter prefix of a written result is refused", "[session]") {
  const std::string text = write_json(full_result());
  for (std::size_t size = 0; size < text.size(); ++size) {
    INFO("prefix of " << size << " bytes");
    REQUIRE_THROWS_AS(read_json<ScenarioResult>(text.substr(0, size)), std::runtime_error);
  }
}

TEST_CASE("a result with a missing, unknown or misfit field is refused", "[session]") {
  const std::string text = write_json(full_result());
  const auto replaced = [&text](const std::string& from, const std::string& to) {
    std::string changed = text;
    const std::size_t at = changed.find(from);
    REQUIRE(at != std::string::npos);
    return changed.replace(at, from.size(), to);
  };
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"\"id\":\"calc/one\",", ""},                             // missing
      {"\"id\":\"calc/one\",", "\"id\":\"x\",\"extra\":1,"},    // unknown
      {"\"verdict\":\"xpass\"", "\"verdict\":\"passed\""},      // no such word
      {"\"to_port\":65535", "\"to_port\":65536"},               // out of range
      {"\"length\":4", "\"length\":-4"},                        // negative
      {"\"length\":4", "\"length\":4.5"},                       // no integer
      {"\"payload\":\"00 ff 80 0a\"", "\"payload\":\"00 f\""},  // half a byte
      {"\"local\":\"127.0.0.1:12345\"", "\"local\":\"here\""},  // no endpoint
      {"\"ok\":false", "\"ok\":0"},                             // no truth value
      {"\"error: one\\n\",", ""},                               // a failure without its text
  };
  for (const auto& [from, to] : changes) {
    INFO(from << " -> " << to);
    CHECK_THROWS_AS(read_json<ScenarioResult>(replaced(from, to)), std::runtime_error);
  }
}

}  // namespace wireproof
