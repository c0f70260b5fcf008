#include "play/stage/stage_plan.h"

#include <set>
#include <stdexcept>

#include "catch.h"
#include "machine/process/server_process.h"
#include "play/stage/stage.h"

namespace wireproof {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

namespace {

const ServerTable kBoth{{"calc", {"calc", 50000, 50001, {}}}};

ServerPorts ports(std::optional<std::uint16_t> tcp, std::optional<std::uint16_t> udp) {
  return {tcp.has_value(), udp.has_value(), tcp.value_or(0), udp.value_or(0)};
}

}  // namespace

TEST_CASE("a sheet's transport and port come before the server's own", "[session]") {
  FrontMatter front;
  front.server = "calc";
  CHECK(plan_ports(front, kBoth) == ports(50000, 50001));
  front.transport = Transport::udp;
  CHECK(plan_ports(front, kBoth) == ports(std::nullopt, 50001));
  front.port = 80;
  CHECK(plan_ports(front, kBoth) == ports(std::nullopt, 80));
  front.transport = Transport::tcp_udp;
  CHECK(plan_ports(front, kBoth) == ports(80, 80));
  front.any_port = true;
  CHECK(plan_ports(front, kBoth) == ports(0, 0));
}

TEST_CASE("a sheet's own program need not speak the transport that no client uses", "[session]") {
  FrontMatter front;
  front.server = "calc";
  front.command = "./server {port}";
  CHECK(plan_ports(front, kBoth) == ports(50000, std::nullopt));
  front.transport = Transport::tcp_udp;
  front.port = 80;
  CHECK(plan_ports(front, kBoth) == ports(80, 80));
}

TEST_CASE("a program that listens elsewhere is helped by the option that asks it there",
          "[session]") {
  FrontMatter front;
  front.server = "calc";
  front.command = "./server {port}";
  const auto advise = [&](ListenProtocol protocol, std::uint16_t port) {
    return advise_start({{protocol, {{}, port}}}, front, kBoth);
  };
  CHECK(advise_start({}, front, kBoth).empty());
  CHECK(advise(ListenProtocol::udp, 50000) == "`--set transport=udp`");
  CHECK(advise(ListenProtocol::tcp, 80) == "`--port 80`");
  CHECK(advise(ListenProtocol::tcp, 50000).empty());  // on another address
  front.transport = Transport::tcp_udp;
  CHECK(advise(ListenProtocol::tcp, 50000) == "`--set transport=tcp`");
  front.transport = Transport::udp;
  CHECK(advise(ListenProtocol::tcp, 50001) == "`--set transport=tcp`");
  CHECK(advise(ListenProtocol::udp, 80) == "`--udp-port 80`");
  front.server = "";
  CHECK(advise(ListenProtocol::tcp, 80) == "`transport: tcp` in the sheet");
  CHECK(advise(ListenProtocol::udp, 80) == "`port: 80` in the sheet");
}

TEST_CASE("a sheet with a command alone has a TCP server", "[session]") {
  CHECK(plan_ports(FrontMatter(), {}) == ports(0, std::nullopt));
}

TEST_CASE("why a sheet cannot be played against a running server is named", "[session]") {
  const RunningServer running{*parse_ip_address("10.0.0.2"), 50000, 0};
  const Route far{"eth0", false, {}};
  const ServerPorts tcp_only = ports(50000, std::nullopt);
  Scenario sheet;
  sheet.session.emplace();
  CHECK_FALSE(unmet_by_running(sheet, tcp_only, running, far));
  CHECK(unmet_by_running(sheet, ports(50000, 50001), running, far) ==
        "the server's UDP port is not known (--udp-port gives it)");
  sheet.front.needs = {Need::same_host};
  CHECK_FALSE(unmet_by_running(sheet, tcp_only, running, {"lo", true, {}}));
  CHECK(unmet_by_running(sheet, tcp_only, running, far) ==
        "needs same-host: the server runs on another host");
  sheet.front.needs.clear();
  Step connect;
  connect.action = StepConnect{"10.0.0.9:30000"};
  Step repeat;
  repeat.action = StepRepeat{2, {connect}};
  sheet.session->steps = {repeat};
  CHECK(unmet_by_running(sheet, tcp_only, running, far) ==
        "its clients need addresses of their own, which only a private network has");
}

TEST_CASE("on a shared loopback a sheet has addresses of its own, a port where programs take it",
          "[session]") {
  constexpr LoopbackUse kAlone{true, false, false};
  Scenario sheet;
  sheet.session.emplace();
  sheet.front.server = "calc";
  const auto with_command = [&](const std::string& command) {
    sheet.front.command = command;
    return plan_loopback(sheet, {});
  };
  CHECK(with_command("") == LoopbackUse{false, true, false});
  CHECK(with_command("./server {host} {port}") == LoopbackUse{false, true, true});
  CHECK(with_command("./server {port}") == LoopbackUse{false, false, true});
  // It may have all addresses at the port.
  CHECK(with_command("./server {host}") == kAlone);
  CHECK(with_command("./server") == kAlone);
  sheet.front.command.clear();
  Step run;
  run.action = StepRun{"./client {host}"};
  sheet.session->steps = {run};
  CHECK(plan_loopback(sheet, {}) == LoopbackUse{false, true, false});
  RunOptions options;
  options.client_command = "./client {port}";
  CHECK(plan_loopback(sheet, options) == LoopbackUse{false, false, true});
  options.client_command = "./client";
  CHECK(plan_loopback(sheet, options) == kAlone);
}

TEST_CASE("a sheet that names addresses has a shared loopback to itself", "[session]") {
  Scenario sheet;
  sheet.session.emplace();
  CHECK_FALSE(plan_loopback(sheet, {}).alone);
  Scenario named = sheet;
  named.call_tables.emplace_back().rows.emplace_back().row.arguments.address = IpAddress{};
  CHECK(plan_loopback(named, {}).alone);
  Step connect;
  connect.action = StepConnect{"127.0.0.9:30000"};
  named = sheet;
  named.session->steps = {connect};
  CHECK(plan_loopback(named, {}).alone);
  named = sheet;
  named.front.ip = IpVersion::v6;
  CHECK(plan_loopback(named, {}).alone);
}

TEST_CASE("a need that the run cannot meet is named", "[session]") {
  FrontMatter front;
  front.needs = {Need::same_host, Need::started_server};
  CHECK_FALSE(unmet_need(front, false));
  front.needs = {Need::ipv6};
  CHECK(unmet_need(front, false));
  CHECK_FALSE(unmet_need(front, true));
}

TEST_CASE("a server is traced where its sheet needs it or names calls, or when asked for",
          "[session]") {
  Scenario scenario;
  RunOptions options;
  scenario.packet_tables.emplace_back().rows.emplace_back();
  CHECK(plan_trace(scenario, options) == TraceWish::none);
  scenario.packet_tables[0].rows[0].row.blocked = "recv";
  CHECK(plan_trace(scenario, options) == TraceWish::if_possible);
  options.trace = true;
  CHECK(plan_trace(scenario, options) == TraceWish::needed);
  options.trace = false;
  scenario.front.needs = {Need::same_host, Need::trace};
  CHECK(plan_trace(scenario, options) == TraceWish::needed);
}

TEST_CASE("the capture's reader gets time for each client, and more when packets were lost",
          "[session]") {
  Scenario scenario;
  CHECK(plan_wake_after(scenario, 1) == 1ms);
  scenario.session.emplace();
  CHECK(plan_wake_after(scenario, 4) == 4ms);
  scenario.session->group_size = 3;
  CHECK(plan_wake_after(scenario, 1) == 3ms);
  CHECK(plan_wake_after(scenario, 4) == 12ms);
  CHECK(plan_wake_after(scenario, 16) == 20ms);
  scenario.session->group_size = 500;
  CHECK(plan_wake_after(scenario, 1) == 20ms);
}

TEST_CASE("a program that is not installed is named with its package", "[session]") {
  FrontMatter front;
  front.programs = {{"/bin/sh", "dash"}, {"sh", "dash"}};
  CHECK_FALSE(missing_program(front));
  front.programs["no-such-netcat"] = "netcat-imagined";
  CHECK(missing_program(front) == "`no-such-netcat` is not installed (package netcat-imagined)");
}

TEST_CASE("a session lasts at most as long as its steps may, repeats included", "[session]") {
  Scenario scenario;
  SessionScript script;
  Step connect;
  connect.action = StepConnect{};
  Step receive;
  receive.action = StepRecvEof{};
  receive.within = 5s;
  Step repeat;
  repeat.action = StepRepeat{3, {connect, receive}};
  script.steps = {repeat, connect};
  scenario.session = script;
  CHECK(session_bound(scenario, 2s) == 3 * 7s + 2s + 2s);
}

TEST_CASE("a session that may last for ever is bounded all the same", "[session]") {
  Step receive;
  receive.action = StepRecvEof{};
  Scenario scenario;
  scenario.session.emplace();
  SECTION("by a limit that no clock holds") {
    receive.within = 9000000000s;
    scenario.session->steps = {receive, receive};
  }
  SECTION("by repeats of repeats") {
    Step inner;
    inner.action = StepRepeat{100000, {receive}};
    Step outer;
    outer.action = StepRepeat{100000, {inner}};
    scenario.session->steps = {outer};
  }
  CHECK(session_bound(scenario, 2s) == kLongestSession);
  CHECK(session_bound(scenario, Duration::max()) == kLongestSession);
}

TEST_CASE("an order names its play, whose own limit it may stretch", "[session]") {
  const Scenario scenario;
  std::vector<Play> plays(2);
  plays[1].scenario = &scenario;
  plays[1].timeout = 500ms;
  RunOptions options;
  options.timeout = 3s;
  const ServerTable servers;
  const StageSetting setting{servers, options, plays};
  CHECK(setting.play({1, 4}).scenario == &scenario);
  CHECK(setting.timeout({1, 4}) == 2s);
  CHECK(setting.timeout({0, 4}) == 3s);
  CHECK_THROWS_AS(setting.play({2, 1}), std::out_of_range);
}

TEST_CASE("a sheet is worth what it says of itself or its rows, played or not", "[session]") {
  Scenario sheet;
  PlacedRow row;
  row.row.points = 1.5;
  sheet.packet_tables = {{"alice", {row, row}, {}}, {"bob", {row}, {}}};
  CHECK(unplayed_result(sheet, 1, Verdict::error, "").max_points == 4.5);
  sheet.front.points = 5;
  CHECK(unplayed_result(sheet, 1, Verdict::error, "").max_points == 5);
}

TEST_CASE("a kept capture is named after the scenario and its repetition", "[session]") {
  RunOptions options;
  options.capture_folder = "out";
  CHECK(capture_path(options, "calc/two/requests", 1) == "out/calc__two__requests.pcapng");
  CHECK(capture_path(options, "my_sheet", 1) == "out/my_sheet.pcapng");
  options.repeat = 5;
  CHECK(capture_path(options, "calc/one", 4) == "out/calc__one-4.pcapng");
}

TEST_CASE("no two sheets share a capture", "[session]") {
  RunOptions options;
  std::set<std::filesystem::path> paths;
  const std::vector<std::string> ids{"a/b", "a__b", "a_/b", "a/_b",  "a___b",    "a//b",
                                     "a_b", "_a",   "a_",   "a%5Fb", "a%5F%5Fb", "a_%5Fb"};
  for (const std::string& id : ids) paths.insert(capture_path(options, id, 1));
  CHECK(paths.size() == ids.size());
}

TEST_CASE("captures are kept of what needs to be looked at", "[session]") {
  CHECK(keeps_capture(KeepCapture::always, Verdict::pass));
  CHECK_FALSE(keeps_capture(KeepCapture::never, Verdict::fail));
  for (const Verdict verdict : {Verdict::pass, Verdict::skip, Verdict::xfail}) {
    CHECK_FALSE(keeps_capture(KeepCapture::on_failure, verdict));
  }
  for (const Verdict verdict :
       {Verdict::fail, Verdict::error, Verdict::inconclusive, Verdict::xpass, Verdict::flaky}) {
    CHECK(keeps_capture(KeepCapture::on_failure, verdict));
  }
}

TEST_CASE("a start command gets the host and the port wherever it asks for them", "[session]") {
  ServerStart start;
  start.host = "127.0.0.1";
  start.udp_port = 9000;
  CHECK(fill_command("serve {host}:{port} --log {port}.log", start) ==
        "serve 127.0.0.1:9000 --log 9000.log");
  start.tcp_port = 80;
  CHECK(fill_command("{port}", start) == "80");
}

}  // namespace wireproof
