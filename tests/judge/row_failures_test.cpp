#include "judge/row_failures.h"

#include "catch.h"
#include "support/doers.h"

namespace wireproof {
namespace {

Row row_of(const std::string& cause, const std::string& blocked) {
  Row row;
  row.number = 4;
  row.cause = cause;
  row.blocked = blocked;
  return row;
}

Cause cause_of(const Doers& call, Side side) {
  Cause cause;
  cause.call = call;
  cause.side = side;
  return cause;
}

}  // namespace

TEST_CASE("a Cause cell takes each call of the packet, and `*` any", "[judge]") {
  const Cause both = cause_of(called("send", "close"), Side::server);
  CHECK(judge_cause_cells(row_of("send", ""), both).empty());
  CHECK(judge_cause_cells(row_of("close", ""), both).empty());
  CHECK(judge_cause_cells(row_of("*", "*"), both).empty());
  CHECK(judge_cause_cells(row_of("", ""), both).empty());
}

TEST_CASE("another call fails its column, with what is known of it", "[judge]") {
  Cause cause = cause_of(called("write"), Side::client);
  cause.blocked = called("poll");
  cause.facts = {{CauseFactKind::several_calls, 2}, {CauseFactKind::linger_zero}};
  const auto failures = judge_cause_cells(row_of("connect", "accept"), cause);
  REQUIRE(failures.size() == 2);
  CHECK(failures[0].column == "Cause");
  CHECK(failures[0].level == Level::must);
  CHECK(failures[0].diagnostic.message == "Cause of row 4 is write(), the table expects connect");
  REQUIRE(failures[0].diagnostic.notes.size() == 1);
  CHECK(failures[0].diagnostic.notes[0].text == "2 calls; SO_LINGER is on with 0 seconds");
  CHECK(failures[1].column == "Blocked");
  CHECK(failures[1].diagnostic.message == "Blocked of row 4 is poll(), the table expects accept");
}

TEST_CASE("the kernel is a cause that a cell can name, and no call", "[judge]") {
  const Cause cause = cause_of(kByKernel, Side::server);
  CHECK(judge_cause_cells(row_of("kernel", ""), cause).empty());
  const auto failures = judge_cause_cells(row_of("send", ""), cause);
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].diagnostic.message == "Cause of row 4 is kernel(), the table expects send");
}

TEST_CASE("what no call was joined to is said", "[judge]") {
  const auto failures =
      judge_cause_cells(row_of("", "recv"), cause_of(called("send"), Side::client));
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].diagnostic.message == "Blocked of row 4 is no call, the table expects recv");
}

TEST_CASE("an inferred call is judged as should, or as little as its row", "[judge]") {
  Cause cause = cause_of(called("close"), Side::client);
  cause.call_inferred = true;
  Row row = row_of("send", "");
  CHECK(judge_cause_cells(row, cause).at(0).level == Level::should);
  row.level = Level::info;
  CHECK(judge_cause_cells(row, cause).at(0).level == Level::info);
}

TEST_CASE("a server's shutdown ends its stream as well as a close; a client's does not",
          "[judge]") {
  CHECK(judge_cause_cells(row_of("close", ""), cause_of(called("shutdown"), Side::server)).empty());
  CHECK(judge_cause_cells(row_of("close", ""), cause_of(called("shutdown"), Side::client)).size() ==
        1);
  CHECK(judge_cause_cells(row_of("shutdown", ""), cause_of(called("close"), Side::server)).size() ==
        1);
}

TEST_CASE("a failed row says what was expected and what came nearest", "[judge]") {
  Row row = row_of("", "");
  row.from = Side::server;
  row.flags = tcp_flag::kFin | tcp_flag::kAck;
  row.seq = 5;
  row.length = Range{4, 9};
  row.window = Range{0, 0};
  TcpConnection connection;
  Segment& segment = connection.segments.emplace_back();
  segment.packet = 6;
  segment.from = Side::server;
  segment.flags = tcp_flag::kRst;
  segment.seq = 5;
  segment.numbers.seq = 5;
  segment.time = Timestamp(std::chrono::milliseconds(30));
  const MatchedTraffic traffic{"alice", &connection, nullptr,
                               Timestamp(std::chrono::milliseconds(10))};
  RowResult missing;
  const auto message = [&](const RowResult& result) {
    return describe_failed_row(row, result, traffic, {}).diagnostic.message;
  };
  CHECK(message(missing) ==
        "the server sent nothing for the [FIN, ACK] Seq=5 Win=0 Len=4..9 of row 4");
  missing.nearest = 6;
  const Diagnostic failed = describe_failed_row(row, missing, traffic, {}).diagnostic;
  CHECK(
      failed.message ==
      "the server sent [RST] Seq=5 Len=0 where the table expects [FIN, ACK] Seq=5 Win=0 Len=4..9");
  CHECK(failed.label == "row 4");
  REQUIRE(failed.notes.size() >= 2);
  CHECK(failed.notes[0].text == "server > alice  [FIN, ACK] Seq=5 Win=0 Len=4..9");
  CHECK(failed.notes[1].text == "server > alice  [RST] Seq=5 Len=0  (packet 7, " +
                                    render_milliseconds(std::chrono::milliseconds(20)) + ")");
  RowResult late;
  late.state = RowState::out_of_order;
  CHECK(message(late).ends_with("of row 4 is out of order"));
  row.from = Side::client;
  CHECK(message(RowResult{}).starts_with("alice sent nothing"));
}

TEST_CASE("a row is said in the table's notation, with what it writes alone", "[judge]") {
  const TcpConnection connection;
  const MatchedTraffic traffic{"alice", &connection, nullptr, {}};
  Row row = row_of("", "");
  row.from = Side::server;
  RowResult missing;
  missing.reason = "it was early";
  const auto notes = [&](RowKind kind) {
    row.kind = kind;
    return describe_failed_row(row, missing, traffic, {}).diagnostic.notes;
  };
  CHECK(notes(RowKind::udp).front() == Note{"expected", "server > alice  UDP"});
  CHECK(notes(RowKind::port_unreachable).front() ==
        Note{"expected", "server > alice  ICMP port unreachable"});
  CHECK(notes(RowKind::anything).front() == Note{"expected", "server > alice  …"});
  CHECK(notes(RowKind::udp)[1] == Note{"captured", "no such packet"});
  CHECK(notes(RowKind::udp).back() == Note{"", "it was early"});
}

TEST_CASE("a datagram that was refused is told from an answer without bytes", "[judge]") {
  UdpExchange exchange;
  Datagram& refusal = exchange.datagrams.emplace_back();
  refusal.packet = 1;
  refusal.from = Side::server;
  refusal.port_unreachable = true;
  refusal.payload_size = 29;
  TcpConnection named;
  Segment& segment = named.segments.emplace_back();
  segment.packet = 1;
  segment.from = Side::server;
  segment.payload_size = 29;
  const MatchedTraffic traffic{"alice", &named, &exchange, {}};
  PacketResult left;
  left.packet = 1;
  const auto captured = [&] {
    return describe_unexpected_packet(left, traffic, {}).notes.front().text;
  };
  CHECK(captured().starts_with("server > client  ICMP port unreachable  (packet 2"));
  refusal.port_unreachable = false;
  CHECK(captured().starts_with("server > client  UDP Len=29  (packet 2"));
}

TEST_CASE("a row that differs counts as its strongest difference, and no more than itself",
          "[judge]") {
  const TcpConnection connection;
  const MatchedTraffic traffic{"alice", &connection, nullptr, {}};
  Row row = row_of("", "");
  RowResult result;
  result.state = RowState::matched;
  result.packets = {3};
  result.differences = {{"Win", "1", "2", Level::info}, {"Len", "4", "5", Level::should}};
  const RowFailure failed = describe_failed_row(row, result, traffic, {});
  CHECK(failed.level == Level::should);
  CHECK(failed.column.empty());
  CHECK(failed.diagnostic.message == "Win of row 4 is 2, the table expects 1");
  CHECK(failed.diagnostic.notes.at(3).text == "Len: expected 4, captured 5");
  row.level = Level::info;
  CHECK(describe_failed_row(row, result, traffic, {}).level == Level::info);
  result.state = RowState::missing;
  row.level = Level::must;
  CHECK(describe_failed_row(row, result, traffic, {}).level == Level::must);
}

}  // namespace wireproof
