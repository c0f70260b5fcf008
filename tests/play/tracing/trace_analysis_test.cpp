#include "play/tracing/trace_run.h"

#include <algorithm>

#include "catch.h"
#include "result/packet_line.h"
#include "result/result_codec.h"
#include "support/call_log_builder.h"
#include "support/doers.h"

namespace wireproof {
namespace {

// One request, never answered: the client closes, the server does not.
TraceResult sample_trace() {
  TraceResult result;
  TestConversation tcp(result.packets, kClient, kServer);
  tcp.handshake();
  tcp.client("12345678");          // 3 ms
  tcp.client("", tcp_flag::kFin);  // 4 ms
  CallLogBuilder log;
  log.add_accept(-2, 2);
  log.add_client("connect", 0, 0, 2);
  log.add_client("send", 8, 3, 3);
  log.add("recv", 8, 5, 5);
  log.add_client("close", 0, 4, 4);
  result.calls = log.calls;
  for (SocketCall& call : result.calls) {
    call.actor = call.side == Side::client ? "client.py" : "server.py";
  }
  TracedProgram server;
  server.name = "server.py";
  server.side = Side::server;
  server.exit_code = 0;
  server.output = "not UTF-8: \xff";
  TracedProgram client;
  client.name = "client.py";
  client.signal = 9;
  result.programs = {server, client};
  result.sockets = {{true, kServer, kClient, "CLOSE-WAIT", 8, 0}};
  result.notes = {"a note"};
  result.host = "127.0.0.1";
  result.tcp_port = 12345;
  result.connections_ended = false;
  return result;
}

}  // namespace

TEST_CASE("a trace's packets have the programs' names, their calls and when they waited",
          "[session]") {
  const TraceAnalysis analysis = analyse_trace(sample_trace());
  REQUIRE(analysis.packets.size() == 5);
  CHECK(analysis.packets[0].from == "client.py");
  CHECK(analysis.packets[0].to == "server.py");
  CHECK(analysis.packets[0].cause == called("connect"));
  CHECK(analysis.packets[0].blocked == called("accept"));
  CHECK(render_remark(analysis.packets[0].remark) == "already waiting for 2.000 ms");
  CHECK(render_remark(analysis.packets[2].remark) == "pure ACK; inside connect");
  CHECK(render_remark(analysis.packets[3].remark) == "called 2.000 ms later");
  CHECK(analysis.packets[3].causing_calls == std::vector<std::size_t>{2});
  REQUIRE(analysis.call_packets.size() == 5);
  CHECK(analysis.call_packets[2] == CallPackets{{3}, {}});
  CHECK(analysis.call_packets[3] == CallPackets{{}, {3}});
  REQUIRE(analysis.conversations.size() == 1);
  const TraceConversation& told = analysis.conversations.front();
  CHECK(told.client_name == "client.py");
  CHECK(told.server_name == "server.py");
  CHECK_FALSE(told.ended);
  CHECK(told.story.back() ==
        "client.py had closed, but server.py never did: its end stays in CLOSE-WAIT");
  CHECK(analysis.soundness.faults.empty());
}

TEST_CASE("without calls a trace's ends have their addresses and causes stand in parentheses",
          "[session]") {
  TraceResult result = sample_trace();
  result.calls.clear();
  const TraceAnalysis analysis = analyse_trace(result);
  CHECK(analysis.packets.at(0).from == "127.0.0.1:40000");
  CHECK(analysis.packets.at(0).cause_inferred);
  CHECK(analysis.call_packets.empty());
}

TEST_CASE("bytes that a trace's capture missed make it unsound", "[session]") {
  TraceResult result;
  TestConversation tcp(result.packets, kClient, kServer);
  tcp.handshake();
  tcp.skip_client("lost");
  tcp.server("answer");
  CHECK_FALSE(analyse_trace(result).soundness.faults.empty());
}

TEST_CASE("a trace's result survives the way to JSON and back, without its packets", "[session]") {
  const std::string text = write_json(sample_trace());
  CHECK(write_json(read_json<TraceResult>(text)) == text);
  CHECK(read_json<TraceResult>(text).programs == sample_trace().programs);
  CHECK(read_json<TraceResult>(text).calls == sample_trace().calls);
  CHECK(read_json<std::vector<SocketCall>>(write_json(sample_trace().calls)) ==
        sample_trace().calls);
}

}  // namespace wireproof
