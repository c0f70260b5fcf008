#include "report/sample_run.h"

#include <utility>

#include "base/text/bytes.h"
#include "support/doers.h"

namespace wireproof {

namespace {

constexpr Timestamp kStart{Duration(1'700'000'000'000'000'000)};

PacketLine packet(std::size_t number, bool from_client, const std::string& info) {
  PacketLine line;
  line.number = number;
  line.time = kStart + Duration(static_cast<std::int64_t>(number - 1) * 10'500);
  line.from = from_client ? "client" : "server";
  line.to = from_client ? "server" : "client";
  line.from_port = from_client ? 40000 : 12345;
  line.to_port = from_client ? 12345 : 40000;
  line.info = info;
  line.rows = {{"", number}};
  return line;
}

std::vector<PacketLine> handshake_and_data() {
  std::vector<PacketLine> lines = {
      packet(1, true, "[SYN] Seq=0 Len=0"), packet(2, false, "[SYN, ACK] Seq=0 Ack=1 Len=0"),
      packet(3, true, "[ACK] Seq=1 Ack=1 Len=0"), packet(4, true, "[PSH, ACK] Seq=1 Ack=1 Len=9")};
  lines[0].cause = called("connect");
  lines[0].blocked = called("accept");
  lines[0].blocked_inferred = true;
  lines[1].cause = called("accept");
  lines[1].cause_inferred = true;
  lines[1].cause_side = Side::server;
  lines[1].blocked = called("connect");
  lines[2].remark = {PacketMark::repeat, Repeat::pure_ack, {}};
  lines[2].rows.clear();
  lines[3].cause = called("send");
  lines[3].length = 9;
  const ByteView payload = as_bytes("a|b*<\x1b\xff\"\n");
  lines[3].payload.assign(payload.begin(), payload.end());
  return lines;
}

ScenarioResult result(const std::string& id, Verdict verdict, const std::string& reason) {
  ScenarioResult made;
  made.id = id;
  made.title = "A title";
  made.file = "scenarios/" + id + ".md";
  made.server = "calc";
  made.tags = {"calc"};
  made.verdict = verdict;
  made.reason = reason;
  made.started = kStart;
  made.lasted = Duration(12'345'678);
  made.soundness.captured = true;
  return made;
}

ScenarioResult passed() {
  ScenarioResult made = result("calc/one", Verdict::pass, "");
  made.packets = handshake_and_data();
  made.checks = {
      {CheckKind::session, "Session", Verdict::pass, "", {}, "", {}, 0, 0},
      {CheckKind::packets, "Packets", Verdict::pass, "", {"3-packet close"}, "ShAD", {}, 3, 3}};
  made.checks[1].packet_rows = {
      {1, "client", "server", "[SYN]", Level::must, Verdict::pass, {0}},
      {2, "server", "client", "[SYN, ACK] Ack=1", Level::should, Verdict::pass, {1}},
      {3, "client", "server", "[PSH, ACK] Len=9", Level::must, Verdict::pass, {3}}};
  made.steps = {{"client", "connect", 12, Duration(0), Duration(150'000), true, ""},
                {"client", "recv eof", 13, Duration(150'000), Duration(40'000), true, "eof"}};
  IpAddress loopback;
  loopback.bytes = {127, 0, 0, 1};
  made.sockets = {
      {"open",
       {{true, {loopback, 12345}, "server", {}, "", "LISTEN", 0, 64},
        {true, {loopback, 12345}, "server", {loopback, 40000}, "client", "CLOSE-WAIT", 1, 0}}}};
  made.history = "ShAD";
  made.points = made.max_points = 3;
  return made;
}

ScenarioResult failed() {
  ScenarioResult made = result("calc/two", Verdict::fail, "row 12 of Packets");
  made.packets = handshake_and_data();
  made.packets[3].remark = {PacketMark::unexpected};
  made.failures = {{{Severity::error, "the server sent [RST, ACK]", Span{10, 12}, "row 12", {}},
                    "error: the server sent [RST, ACK]\n  --> scenarios/calc/two.md:47:3\n   |\n"
                    "47 | | server | client | [FIN, ACK] |\n   |   ^^^^^^ row 12\n"}};
  made.checks = {{CheckKind::packets, "Packets", Verdict::fail, "row 12", {}, "ShAR", {}, 1, 4}};
  made.server_output = "]]>\x1b[31mred\xff & <b>\n[[ATTACHMENT|/etc/passwd]]\n";
  made.capture_file = "out/calc/two.pcap";
  made.points = 1;
  made.max_points = 4;
  return made;
}

}  // namespace

RunResult sample_run() {
  RunResult run;
  run.version = "0.1.0";
  run.command_line = {"wireproof", "run", "scenarios"};
  run.started = kStart;
  run.lasted = Duration(98'765'432);
  const auto add = [&run](ScenarioResult made) {
    const Verdict verdict = made.verdict;
    run.scenarios.push_back({std::move(made), 1, {}, {{verdict, 1}}});
  };
  add(passed());
  add(failed());
  add(result("calc/error", Verdict::error, "bind 127.0.0.1:12345: address already in use"));
  add(result("calc/unsound", Verdict::inconclusive, "3 packets were dropped"));
  add(result("skipped", Verdict::skip, "needs trace"));
  add(result("known", Verdict::xfail, "the sheet expects to fail"));
  add(result("better", Verdict::xpass, "the sheet expects to fail, but passed"));
  run.scenarios[3].result.soundness.faults = {"3 packets were dropped"};
  run.scenarios[4].result.soundness.captured = false;
  ScenarioSummary repeated{result("calc/often", Verdict::flaky, "2 verdicts"), 200, {}, {}};
  repeated.histories = {{"ShADadFf", Verdict::fail, 2}, {"ShADadfF", Verdict::pass, 198}};
  repeated.verdicts = {{Verdict::pass, 198}, {Verdict::fail, 2}};
  run.scenarios.push_back(std::move(repeated));
  return run;
}

}  // namespace wireproof
