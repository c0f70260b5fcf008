#include "judge/failure_text.h"

#include "catch.h"

namespace wireproof {
namespace {

Row server_fin() {
  Row row;
  row.number = 6;
  row.from = Side::server;
  row.flags = tcp_flag::kFin | tcp_flag::kAck;
  return row;
}

Diagnostic describe(const Row& row, const RowResult& result, const std::string& nearest = "") {
  FailedRow failed;
  failed.row = &row;
  failed.result = &result;
  failed.actor = "alice";
  failed.nearest = nearest.empty() ? "" : nearest + "  (packet 7, 3 ms)";
  failed.nearest_info = nearest;
  return describe_failed_row(failed);
}

}  // namespace

TEST_CASE("a row is said in the table's notation, with what it writes alone", "[judge]") {
  Row row = server_fin();
  CHECK(render_row_info(row) == "[FIN, ACK]");
  row.seq = 1;
  row.ack = 5;
  row.window = Range{0, 0};
  row.length = Range{2, 4};
  CHECK(render_row_info(row) == "[FIN, ACK] Seq=1 Ack=5 Win=0 Len=2..4");
  row.kind = RowKind::udp;
  CHECK(render_row_info(row) == "UDP Seq=1 Ack=5 Win=0 Len=2..4");
  row.kind = RowKind::port_unreachable;
  CHECK(render_row_info(row) == "ICMP port unreachable");
  row.kind = RowKind::anything;
  CHECK(render_row_info(row) == "…");
}

TEST_CASE("a segment has an Ack only with its flag", "[judge]") {
  Segment segment;
  segment.flags = tcp_flag::kSyn;
  segment.ack = 7;
  CHECK(render_segment_info(segment) == "[SYN] Seq=0 Len=0");
  segment.flags |= tcp_flag::kAck;
  segment.payload_size = 3;
  CHECK(render_segment_info(segment) == "[SYN, ACK] Seq=0 Ack=7 Len=3");
}

TEST_CASE("a datagram is told by its length, an ICMP error by what it says", "[judge]") {
  Datagram datagram;
  datagram.payload_size = 5;
  CHECK(render_datagram_info(datagram) == "UDP Len=5");
  datagram.port_unreachable = true;
  CHECK(render_datagram_info(datagram) == "ICMP port unreachable");
}

TEST_CASE("a missing row says what stands in its place, or that nothing does", "[judge]") {
  const Row row = server_fin();
  RowResult result;
  result.state = RowState::missing;
  const Diagnostic none = describe(row, result);
  CHECK(none.message == "the server sent nothing for the [FIN, ACK] of row 6");
  CHECK(none.label == "row 6");
  REQUIRE(none.notes.size() == 2);
  CHECK(none.notes[0] == Note{"expected", "server > alice  [FIN, ACK]"});
  CHECK(none.notes[1] == Note{"captured", "no such packet"});
  const Diagnostic other = describe(row, result, "[RST, ACK]");
  CHECK(other.message == "the server sent [RST, ACK] where the table expects [FIN, ACK]");
  CHECK(other.notes[1] == Note{"captured", "server > alice  [RST, ACK]  (packet 7, 3 ms)"});
}

TEST_CASE("a row of the client names the actor as the one who sent", "[judge]") {
  Row row = server_fin();
  row.from = Side::client;
  RowResult result;
  result.state = RowState::out_of_order;
  result.reason = "it was early";
  const Diagnostic said = describe(row, result);
  CHECK(said.message == "the alice's [FIN, ACK] of row 6 is out of order");
  CHECK(said.notes[0] == Note{"expected", "alice > server  [FIN, ACK]"});
  CHECK(said.notes.back() == Note{"", "it was early"});
}

TEST_CASE("a differing value is the message, all of them are notes", "[judge]") {
  const Row row = server_fin();
  RowResult result;
  result.state = RowState::matched;
  result.differences = {{"Len", "4", "5", Level::must}, {"Win", "1", "2", Level::must}};
  const Diagnostic said = describe(row, result);
  CHECK(said.message == "Len of row 6 is 5, the table expects 4");
  REQUIRE(said.notes.size() == 4);
  CHECK(said.notes[2] == Note{"", "Len: expected 4, captured 5"});
  CHECK(said.notes[3] == Note{"", "Win: expected 1, captured 2"});
}

}  // namespace wireproof
