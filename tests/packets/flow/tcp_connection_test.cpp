#include "packets/flow/tcp_connection.h"

#include "catch.h"
#include "packets/flow/reassembler.h"
#include "packets/flow/sequence.h"
#include "packets/wire/packet_store.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

const Endpoint kClient = endpoint("10.0.0.1:5000");
const Endpoint kServer = endpoint("10.0.0.2:80");

struct Captured {
  PacketStore store;
  TestConversation tcp{store, kClient, kServer};
  std::vector<Packet> packets;

  Conversations conversations(std::uint16_t tcp_port = 80, std::uint16_t udp_port = 0) {
    packets = store.decode_all();
    return build_conversations(packets, tcp_port, udp_port);
  }
  TcpConnection connection() { return conversations().tcp.at(0); }
};

std::vector<Repeat> repeats(const TcpConnection& connection) {
  std::vector<Repeat> result;
  for (const Segment& segment : connection.segments) result.push_back(segment.repeat);
  return result;
}

}  // namespace

TEST_CASE("positions go on where sequence numbers wrap", "[flow]") {
  SequenceSpace space;
  space.start(0xFFFFFFFE);
  CHECK(space.position(0xFFFFFFFE) == 0);
  CHECK(space.position(1) == 3);
  CHECK(space.position(0xFFFFFFFD) == -1);
  space.advance(0x1'0000'0000);
  CHECK(space.position(0xFFFFFFFF) == 0x1'0000'0001);
}

TEST_CASE("only the positions that were not seen before are new", "[flow]") {
  Reassembler bytes;
  using Ranges = std::vector<PositionRange>;
  CHECK(bytes.add({1, 5}) == Ranges{{1, 5}});
  CHECK(bytes.add({8, 10}) == Ranges{{8, 10}});
  CHECK(bytes.add({3, 12}) == Ranges{{5, 8}, {10, 12}});
  CHECK(bytes.add({1, 12}).empty());
  CHECK(bytes.gaps({0, 14}) == Ranges{{0, 1}, {12, 14}});
  CHECK(bytes.add({12 + kMaxGapBytes + 1, 12 + kMaxGapBytes + 2}).empty());
}

TEST_CASE("a conversation becomes events at relative positions", "[flow]") {
  Captured capture;
  capture.tcp.set_initial_sequences(0xFFFFFFFC, 7);
  capture.tcp.handshake();
  capture.tcp.client("hello world");
  capture.tcp.server("hi", tcp_flag::kFin);
  capture.tcp.client("", tcp_flag::kFin);
  capture.tcp.server("");
  const TcpConnection connection = capture.connection();
  const std::vector<Event> expected = {
      {EventKind::open, Side::client, 0, 1, 0, 0},   {EventKind::open, Side::server, 0, 1, 1, 1},
      {EventKind::bytes, Side::client, 1, 12, 3, 1}, {EventKind::bytes, Side::server, 1, 3, 4, 12},
      {EventKind::fin, Side::server, 3, 4, 4, 12},   {EventKind::fin, Side::client, 12, 13, 5, 4},
  };
  CHECK(connection.events == expected);
  CHECK(as_text(connection.client_stream) == "hello world");
  CHECK(connection.has_syn);
  CHECK(connection.ended);
  CHECK(connection.holes.empty());
  CHECK(render_history(connection) == "SsADdfFa");
}

TEST_CASE("a run of equal letters is written with its length", "[flow]") {
  Captured capture;
  capture.tcp.handshake();
  for (int count = 0; count < 3; ++count) capture.tcp.client("x");
  CHECK(render_history(capture.connection()) == "SsAD3");
}

TEST_CASE("reordered and overlapping segments contribute by position", "[flow]") {
  Captured capture;
  capture.tcp.handshake();
  TestSegment first = capture.tcp.next_of_client();
  first.payload = "abc";
  TestSegment second = first;
  second.sequence += 3;
  second.payload = "def";
  TestSegment both = first;
  both.payload = "abcdefgh";
  for (const TestSegment& segment : {second, first, both, first}) append(capture.store, segment);
  const TcpConnection connection = capture.connection();
  CHECK(as_text(connection.client_stream) == "abcdefgh");
  REQUIRE(connection.events.size() == 5);
  CHECK(connection.events[4] == Event{EventKind::bytes, Side::client, 7, 9, 5, 1});
  const std::vector<Repeat> expected = {
      Repeat::none,         Repeat::none, Repeat::pure_ack,      Repeat::none,
      Repeat::out_of_order, Repeat::none, Repeat::retransmission};
  CHECK(repeats(connection) == expected);
}

TEST_CASE("segments without anything new are told apart", "[flow]") {
  Captured capture;
  capture.tcp.handshake();
  capture.tcp.client("abc");
  const auto ack = [&](std::uint16_t window) {
    TestSegment segment = capture.tcp.next_of_server();
    segment.flags = tcp_flag::kAck;
    segment.window = window;
    append(capture.store, segment);
  };
  ack(100);  // acknowledges abc
  ack(100);
  ack(200);
  ack(0);
  TestSegment probe = capture.tcp.next_of_client();
  probe.flags = tcp_flag::kAck;
  --probe.sequence;
  append(capture.store, probe);
  ack(0);
  ack(300);
  append(capture.store, probe);
  ack(300);
  const std::vector<Repeat> expected = {
      Repeat::none,           Repeat::none,          Repeat::pure_ack,
      Repeat::none,           Repeat::pure_ack,      Repeat::duplicate_ack,
      Repeat::window_update,  Repeat::zero_window,   Repeat::zero_window_probe,
      Repeat::keep_alive_ack, Repeat::window_update, Repeat::keep_alive,
      Repeat::keep_alive_ack};
  CHECK(repeats(capture.connection()) == expected);
}

TEST_CASE("RST after both FINs were acknowledged ends nothing and is no event", "[flow]") {
  PacketStore store;
  TestConversation tcp(store, endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:80"));
  tcp.handshake();
  tcp.close();
  tcp.server("", tcp_flag::kRst);
  const std::vector<Packet> packets = store.decode_all();
  const TcpConnection connection = build_conversations(packets, 80, 0).tcp.front();
  CHECK(connection.segments.back().repeat == Repeat::reset_after_end);
  CHECK(connection.events.back().kind == EventKind::fin);
}

TEST_CASE("RST in place of the last ACK is an event", "[flow]") {
  PacketStore store;
  TestConversation tcp(store, endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:80"));
  tcp.handshake();
  tcp.server("", tcp_flag::kFin);
  tcp.client("", tcp_flag::kFin);
  tcp.server("", tcp_flag::kRst);
  const std::vector<Packet> packets = store.decode_all();
  CHECK(build_conversations(packets, 80, 0).tcp.front().events.back().kind == EventKind::rst);
}

TEST_CASE("bytes that were acknowledged but never captured are a hole", "[flow]") {
  Captured capture;
  capture.tcp.handshake();
  capture.tcp.skip_client("lost");
  capture.tcp.client("seen");
  capture.tcp.server("");
  const TcpConnection connection = capture.connection();
  REQUIRE(connection.holes.size() == 1);
  CHECK(connection.holes[0] == Hole{Side::client, 1, 5});
  CHECK(as_text(connection.client_stream).substr(4) == "seen");
}

TEST_CASE("a capture that starts without SYN has its first byte at position 1", "[flow]") {
  Captured capture;
  TestSegment segment;
  segment.from = kServer;
  segment.to = kClient;
  segment.flags = tcp_flag::kAck;
  segment.sequence = 9'000;
  segment.acknowledgement = 4'000;
  segment.payload = "abc";
  append(capture.store, segment);
  TestSegment answer = segment;
  std::swap(answer.from, answer.to);
  answer.sequence = 4'000;
  answer.acknowledgement = 9'003;
  answer.payload = "xy";
  append(capture.store, answer);
  const TcpConnection connection = capture.connection();
  CHECK_FALSE(connection.has_syn);
  CHECK(connection.client == kClient);
  CHECK(connection.events[0] == Event{EventKind::bytes, Side::server, 1, 4, 0, 1});
  CHECK(connection.events[1] == Event{EventKind::bytes, Side::client, 1, 3, 1, 4});
  CHECK(connection.holes.empty());
}

TEST_CASE("a SYN with another initial number opens a new connection", "[flow]") {
  Captured capture;
  capture.tcp.handshake();
  capture.tcp.close();
  TestConversation again(capture.store, kClient, kServer);
  again.set_initial_sequences(77'777, 88'888);
  again.handshake();
  const Conversations conversations = capture.conversations();
  REQUIRE(conversations.tcp.size() == 2);
  CHECK(conversations.tcp[1].segments.size() == 3);
}

TEST_CASE("windows are scaled when both SYNs have the option", "[flow]") {
  Captured capture;
  for (const bool from_client : {true, false}) {
    TestSegment syn;
    syn.from = from_client ? kClient : kServer;
    syn.to = from_client ? kServer : kClient;
    syn.flags = from_client ? tcp_flag::kSyn : tcp_flag::kSyn | tcp_flag::kAck;
    syn.acknowledgement = from_client ? 0 : 1;
    syn.window = 1'000;
    syn.options = syn_options(1'460, 7);
    append(capture.store, syn);
  }
  TestSegment ack;
  ack.from = kClient;
  ack.to = kServer;
  ack.flags = tcp_flag::kAck;
  ack.sequence = 1;
  ack.acknowledgement = 1;
  ack.window = 502;
  append(capture.store, ack);
  const TcpConnection connection = capture.connection();
  CHECK(connection.segments[0].window_bytes == 1'000);
  CHECK(connection.segments[0].mss == 1'460);
  CHECK(connection.segments[2].window_bytes == 502 * 128);
}

TEST_CASE("a port unreachable belongs to the exchange that it quotes", "[flow]") {
  PacketStore store;
  const TestDatagram request{{}, kClient, endpoint("10.0.0.2:53"), "ask"};
  append(store, request);
  append_port_unreachable(store, request);
  append(store, TestDatagram{{}, endpoint("10.0.0.2:54"), kClient, "wrong port"});
  const std::vector<Packet> packets = store.decode_all();
  const Conversations conversations = build_conversations(packets, 0, 53);
  REQUIRE(conversations.udp.size() == 1);
  REQUIRE(conversations.udp[0].datagrams.size() == 2);
  CHECK(conversations.udp[0].datagrams[1].port_unreachable);
  CHECK(conversations.udp[0].datagrams[1].from == Side::server);
  CHECK(conversations.others == std::vector<std::size_t>{2});
}

}  // namespace wireproof
