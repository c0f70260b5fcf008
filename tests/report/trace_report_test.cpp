#include "report/trace_report.h"

#include "report/html/html.h"

#include <nlohmann/json.hpp>

#include "catch.h"
#include "result/packet_line.h"
#include "support/golden.h"
#include "support/json_schema.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

PacketLine packet(std::size_t number, const char* info, const char* cause, const char* blocked) {
  PacketLine line;
  line.number = number;
  line.time = kTestStart + std::chrono::microseconds(50 * (number - 1));
  const bool from_client = number % 2 == 1;
  line.from = from_client ? "client.py" : "server.py";
  line.to = from_client ? "server.py" : "client.py";
  line.from_port = from_client ? 40000 : 12345;
  line.to_port = from_client ? 12345 : 40000;
  line.info = info;
  line.cause = parse_doers(cause);
  line.cause_side = from_client ? Side::client : Side::server;
  line.blocked = parse_doers(blocked);
  return line;
}

TraceResult sample_result() {
  TraceResult result;
  result.host = "127.0.0.1";
  result.tcp_port = 12345;
  SocketCall& connect = result.calls.emplace_back();
  connect.actor = "client.py";
  connect.name = "connect";
  connect.local = endpoint("127.0.0.1:40000");
  connect.remote = endpoint("127.0.0.1:12345");
  TracedProgram server;
  server.name = "server.py";
  server.side = Side::server;
  server.command = "python3 server.py | tee log";
  server.exit_code = 0;
  server.stopped = true;
  TracedProgram client;
  client.name = "client.py";
  client.command = "python3 client.py";
  client.signal = 9;
  client.output = "sent\n\x1b[31m*red*\n";
  result.programs = {server, client};
  SocketEntry listening;
  listening.local = endpoint("127.0.0.1:12345");
  listening.state = "LISTEN";
  listening.send_queue = 5;
  result.sockets = {listening};
  result.notes = {"a note"};
  result.connections_ended = false;
  return result;
}

TraceAnalysis sample_analysis() {
  TraceAnalysis analysis;
  analysis.packets = {packet(1, "[SYN] Seq=0 Len=0", "connect", "accept"),
                      packet(2, "[SYN, ACK] Seq=0 Ack=1 Len=0", "accept", "connect"),
                      packet(3, "[ACK] Seq=1 Ack=1 Len=0", "kernel", "")};
  analysis.packets[0].remark.facts = {
      {CauseFactKind::already_waiting, 0, 0, std::chrono::milliseconds(1)}};
  analysis.packets[0].causing_calls = {0};
  analysis.call_packets = {{{0}, {1}}};
  TraceConversation told;
  told.client_name = "client.py";
  told.server_name = "server.py";
  told.client = endpoint("127.0.0.1:40000");
  told.server = endpoint("127.0.0.1:12345");
  told.history = "ShA";
  told.story = {"server.py was waiting in accept", "client.py's close sent the FIN (packet 14)"};
  analysis.conversations = {told};
  return analysis;
}

std::string render(const TraceReport& report) {
  return render_trace(sample_result(), sample_analysis(), report);
}

}  // namespace

TEST_CASE("a trace's report has the table, what happened, sockets, programs, output", "[report]") {
  const std::string text = render({});
  CHECK(text == expect_golden(golden_file("report/trace/expected.txt"), text));
  TraceReport markdown;
  markdown.format = TraceFormat::markdown;
  markdown.language = Language::german;
  markdown.columns = {"Time", "Src Port", "Dst Port", "Flags", "Side", "Cause", "Blocked"};
  const std::string page = render(markdown);
  CHECK(page == expect_golden(golden_file("report/trace/expected.de.md"), page));
}

TEST_CASE("ports and processes are columns where names do not tell rows apart", "[report]") {
  TraceAnalysis analysis = sample_analysis();
  const std::vector<std::string> usual{"No.",  "Time",  "From",    "To",
                                       "Info", "Cause", "Blocked", "Remark"};
  CHECK(trace_columns(analysis) == usual);
  analysis.packets[0].process = analysis.packets[1].process = 7;
  CHECK(trace_columns(analysis) == usual);
  analysis.packets[1].process = 8;
  analysis.conversations.push_back(analysis.conversations.front());
  std::swap(analysis.conversations.back().client_name, analysis.conversations.back().server_name);
  const std::vector<std::string> all{"No.",     "Time", "From",  "To",      "Src Port", "Dst Port",
                                     "Process", "Info", "Cause", "Blocked", "Remark"};
  CHECK(trace_columns(analysis) == all);
  const std::string table = render_trace(sample_result(), analysis, {});
  CHECK(table.find("40000     12345           7  [SYN]") != std::string::npos);
}

TEST_CASE("a trace's JSON joins packets and calls in both directions", "[report]") {
  TraceReport report;
  report.format = TraceFormat::json;
  const nlohmann::json json = nlohmann::json::parse(render(report));
  CHECK(json.at("format") == "wireproof trace");
  const nlohmann::json& trace = json.at("trace");
  CHECK(trace.at("calls").at(0).at("name") == "connect");
  CHECK(trace.at("packets").at(0).at("causing_calls") == nlohmann::json{0});
  CHECK(trace.at("call_packets").at(0).at("caused") == nlohmann::json{0});
  CHECK(trace.at("call_packets").at(0).at("taken") == nlohmann::json{1});
  CHECK(trace.at("programs").at(1).at("signal") == 9);
  CHECK(trace.at("conversations").at(0).at("story").size() == 2);
}

TEST_CASE("a trace's JSON is as its published schema says", "[report]") {
  TraceReport report;
  report.format = TraceFormat::json;
  TraceResult result = sample_result();
  SocketCall& wait = result.calls.emplace_back();
  wait.returned = kTestStart;
  wait.unread_bytes = 3;
  wait.watched = {{1, 3, true, false}};
  nlohmann::json json = nlohmann::json::parse(render_trace(result, sample_analysis(), report));
  const nlohmann::json schema = published_schema("trace");
  CHECK(find_schema_fault(json, schema) == "");
  json["trace"]["programs"][0].erase("exit_code");
  CHECK(find_schema_fault(json, schema) == "/trace/programs/0: lacks \"exit_code\"");
  json["trace"]["colour"] = "green";
  CHECK(find_schema_fault(json, schema) == "/trace/colour: not in the schema");
}

TEST_CASE("a trace's HTML is one page in which nothing can leave its place", "[report]") {
  TraceReport report;
  report.format = TraceFormat::html;
  TraceResult result = sample_result();
  result.programs.front().command = "python3 '<script>&'";
  const std::string page = render_trace_report(result, sample_analysis(), report);
  CHECK(page.starts_with("<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\""));
  CHECK(page.find("<td>connect</td><td>accept</td>") != std::string::npos);
  CHECK(page.find("<li>server.py was waiting in accept</li>") != std::string::npos);
  CHECK(page.find("<td>LISTEN</td>") != std::string::npos);
  CHECK(page.find("(python3 '&lt;script&gt;&amp;')") != std::string::npos);
  CHECK(page.find("<pre>sent\n\\x1b[31m*red*\n</pre>") != std::string::npos);
  CHECK(page.find('\x1b') == std::string::npos);
  report.table_only = true;
  CHECK(render_trace_report(result, sample_analysis(), report).find("LISTEN") == std::string::npos);
}

TEST_CASE("CSV and a quiet report are the table alone", "[report]") {
  TraceReport report;
  report.columns = {"No.", "Cause"};
  report.table_only = true;
  CHECK(render(report) == "No.  Cause\n  1  connect\n  2  accept\n  3  kernel\n");
  report.table_only = false;
  report.format = TraceFormat::csv;
  CHECK(render(report) == "No.,Cause\r\n1,connect\r\n2,accept\r\n3,kernel\r\n");
}

TEST_CASE("a capture that is unsound is said in the report", "[report]") {
  TraceAnalysis analysis = sample_analysis();
  analysis.soundness.faults = {"3 packets were dropped"};
  CHECK(render_trace(sample_result(), analysis, {})
            .find("\nThe capture is unsound\n  3 packets were "
                  "dropped\n") != std::string::npos);
}

}  // namespace wireproof
