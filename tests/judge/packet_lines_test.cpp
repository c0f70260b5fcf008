#include "catch.h"
#include "judge/ends.h"
#include "judge/judge.h"

namespace wireproof {
namespace {

std::vector<PacketLine> lines_of(const PacketStore& store,
                                 const std::map<std::size_t, PacketNote>& notes = {}) {
  PlayedSession played;
  played.actors = {{"alice", kAlice, true}, {"eve", kAlice, false}};
  return make_packet_lines(assign_traffic(decode_capture(store, 7, 7), played), notes, "calc");
}

}  // namespace

TEST_CASE("a line names the ends of its packet by actor, else by address", "[judge]") {
  PacketStore store;
  TestConversation(store, kAlice, kEchoServer).handshake();
  append(store, TestDatagram{{}, kEchoServer, kAlice, "late"});
  TestConversation(store, endpoint("127.0.0.9:40009"), kEchoServer).handshake();
  const std::vector<PacketLine> lines = lines_of(store);
  REQUIRE(lines.size() == 7);
  CHECK(lines[0].number == 1);
  CHECK(lines[0].from == "alice");
  CHECK(lines[0].from_port == 40000);
  CHECK(lines[0].to == "calc");
  CHECK(lines[0].to_port == 7);
  CHECK(lines[0].info == "[SYN] Seq=0 Len=0");
  CHECK(lines[1].from == "calc");
  CHECK(lines[1].from_port == 7);
  CHECK(lines[1].to_port == 40000);
  CHECK(lines[1].info == "[SYN, ACK] Seq=0 Ack=1 Len=0");
  CHECK(lines[3].to == "eve");
  CHECK(lines[3].from_port == 7);
  CHECK(lines[3].info == "UDP Len=4");
  CHECK(lines[3].payload == Bytes{'l', 'a', 't', 'e'});
  CHECK(lines[3].length == 4);
  CHECK(lines[4].from == "127.0.0.9:40009");
}

TEST_CASE("a packet that came late says so beside its row", "[judge]") {
  PacketStore store;
  TestConversation tcp(store, kAlice, kEchoServer);
  tcp.handshake();
  TestSegment late = tcp.next_of_client();
  late.payload = "pi";
  tcp.skip_client("pi");
  tcp.client("ng");
  append(store, late);
  std::map<std::size_t, PacketNote> notes;
  for (const std::size_t packet : {std::size_t{2}, std::size_t{4}}) notes[packet].rows = {{"", 4}};
  const std::vector<PacketLine> lines = lines_of(store, notes);
  CHECK(lines[4].rows.size() == 1);
  CHECK(render_remark(lines[4].remark) == "out of order");
  CHECK(render_remark(lines[2].remark).empty());
  notes[4].remark = {PacketMark::unexpected};
  CHECK(render_remark(lines_of(store, notes)[4].remark) == "unexpected");
}

TEST_CASE("a line has the rows and the remark of its packet's note, else what it repeats",
          "[judge]") {
  PacketStore store;
  TestConversation tcp(store, kAlice, kEchoServer);
  tcp.handshake();
  tcp.client("ping");
  TestSegment again = tcp.next_of_client();
  again.sequence -= 4;
  again.flags = tcp_flag::kPsh | tcp_flag::kAck;
  again.payload = "ping";
  append(store, again);
  std::map<std::size_t, PacketNote> notes;
  notes[0].rows = {{"", 1}, {"alice", 2}};
  notes[0].remark = {PacketMark::unexpected};
  const std::vector<PacketLine> lines = lines_of(store, notes);
  CHECK(render_rows(lines[0].rows) == "1, alice 2");
  CHECK(lines[0].remark == PacketRemark{PacketMark::unexpected});
  CHECK(lines[3].remark == PacketRemark{});
  CHECK(render_remark(lines[4].remark) == "retransmission");
}

TEST_CASE("packets of other ports are shown as none of the sheet's", "[judge]") {
  PacketStore store;
  TestConversation(store, kAlice, endpoint("127.0.0.1:8")).handshake();
  const std::vector<PacketLine> lines = lines_of(store);
  CHECK(lines[0].remark == PacketRemark{PacketMark::stranger});
  CHECK(lines[0].from == "127.0.0.2");
  CHECK(lines[0].to == "127.0.0.1");
  CHECK_FALSE(lines[0].info.empty());
}

TEST_CASE("a line keeps the begin of a long payload and tells the whole length", "[judge]") {
  const std::string text(kMaxLinePayload + 1, 'x');
  PacketStore store;
  TestConversation tcp(store, kAlice, kEchoServer);
  tcp.handshake();
  tcp.client(text);
  const std::vector<PacketLine> lines = lines_of(store);
  CHECK(lines[3].length == kMaxLinePayload + 1);
  CHECK(lines[3].payload.size() == kMaxLinePayload);
  CHECK(lines[3].info == "[PSH, ACK] Seq=1 Ack=1 Len=257");
}

TEST_CASE("packets that are no conversation's are shown by their own numbers", "[judge]") {
  PacketStore store;
  TestConversation(store, kAlice, endpoint("127.0.0.1:8")).handshake();
  append(store, TestDatagram{{}, kAlice, endpoint("127.0.0.1:9"), "abc"});
  append_frame(store, Duration(0), Bytes(60, 0));
  const std::vector<PacketLine> lines = lines_of(store);
  REQUIRE(lines.size() == 5);
  CHECK(lines[0].info.find("[SYN]") != std::string::npos);
  CHECK(lines[0].info.find("Win=64240") != std::string::npos);
  CHECK(lines[3].info.find("UDP") != std::string::npos);
  CHECK(lines[4].from.empty());
  CHECK(lines[4].remark == PacketRemark{PacketMark::stranger});
}

TEST_CASE("a line says what caused its packet", "[judge]") {
  PacketStore store;
  TestConversation(store, kAlice, kEchoServer).handshake();
  const std::vector<PacketLine> lines = lines_of(store);
  CHECK(lines[0].cause.calls == std::vector<std::string>{"connect"});
  CHECK(lines[0].cause_inferred);
  CHECK(lines[2].cause.kernel);
}

}  // namespace wireproof
