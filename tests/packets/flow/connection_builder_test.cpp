#include "packets/flow/connection_builder.h"

#include "catch.h"
#include "packets/flow/captured.h"
#include "packets/wire/packet.h"

namespace wireproof {
namespace {

struct CapturedTalk : Captured {
  TestConversation tcp{store, kClient, kServer};

  TcpConnection connection() { return sort().tcp.at(0); }
};

std::vector<Repeat> repeats(const TcpConnection& connection) {
  std::vector<Repeat> result;
  for (const Segment& segment : connection.segments) result.push_back(segment.repeat);
  return result;
}

}  // namespace

TEST_CASE("a conversation becomes events at relative positions", "[flow]") {
  CapturedTalk capture;
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

TEST_CASE("the data of a RST is of no stream", "[flow]") {
  CapturedTalk capture;
  capture.tcp.handshake();
  capture.tcp.client("hello");
  capture.tcp.server("gone", tcp_flag::kRst);
  const TcpConnection connection = capture.connection();
  CHECK(connection.server_stream.empty());
  CHECK(has_event(connection, EventKind::rst, Side::server));
  CHECK_FALSE(has_event(connection, EventKind::bytes, Side::server));
}

TEST_CASE("behind a FIN nothing is missing, whatever is acknowledged", "[flow]") {
  CapturedTalk capture;
  capture.tcp.handshake();
  TestSegment wild = capture.tcp.next_of_server();
  wild.acknowledgement += 1'000'000;
  append(capture.store, wild);
  CHECK(capture.connection().holes.size() == 1);
  capture.tcp.client("", tcp_flag::kFin);
  CHECK(capture.connection().holes.empty());
}

TEST_CASE("a run of equal letters is written with its length", "[flow]") {
  CapturedTalk capture;
  capture.tcp.handshake();
  for (int count = 0; count < 3; ++count) capture.tcp.client("x");
  CHECK(render_history(capture.connection()) == "SsAD3");
}

TEST_CASE("reordered and overlapping segments contribute by position", "[flow]") {
  CapturedTalk capture;
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
  CapturedTalk capture;
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
  const std::vector<Repeat> expected = {Repeat::none,
                                        Repeat::none,
                                        Repeat::pure_ack,
                                        Repeat::none,
                                        Repeat::pure_ack,
                                        Repeat::repeated_ack,
                                        Repeat::window_update,
                                        Repeat::zero_window,
                                        Repeat::zero_window_probe,
                                        Repeat::window_probe_ack,
                                        Repeat::window_update,
                                        Repeat::keep_alive,
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
  CapturedTalk capture;
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
  CapturedTalk capture;
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
  CapturedTalk capture;
  capture.tcp.handshake();
  capture.tcp.close();
  TestConversation again(capture.store, kClient, kServer);
  again.set_initial_sequences(77'777, 88'888);
  again.handshake();
  const Conversations conversations = capture.sort();
  REQUIRE(conversations.tcp.size() == 2);
  CHECK(conversations.tcp[1].segments.size() == 3);
}

TEST_CASE("windows are scaled when both SYNs have the option", "[flow]") {
  CapturedTalk capture;
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
  CHECK(connection.segments[0].numbers.window_bytes == 1'000);
  CHECK(connection.segments[0].mss == 1'460);
  CHECK(connection.segments[2].numbers.window_bytes == 502 * 128);
}

// Numbers of the client's segments in a capture that begins in the middle: number 1 is 500.
TestSegment client_segment(std::uint32_t sequence, std::string_view payload) {
  TestSegment segment;
  segment.from = kClient;
  segment.to = kServer;
  segment.flags = tcp_flag::kAck;
  segment.sequence = sequence;
  segment.acknowledgement = 900;
  segment.payload = payload;
  return segment;
}

TEST_CASE("bytes before the first number seen come first in the stream", "[flow]") {
  CapturedTalk capture;
  append(capture.store, client_segment(500, ""));
  append(capture.store, client_segment(495, "0123456789"));
  TestSegment answer = client_segment(900, "ok");
  std::swap(answer.from, answer.to);
  answer.acknowledgement = 505;
  append(capture.store, answer);
  const TcpConnection connection = capture.connection();
  CHECK(as_text(connection.client_stream) == "0123456789");
  CHECK(connection.client_early_bytes == 5);
  REQUIRE(connection.segments.size() == 3);
  CHECK(connection.segments[0].seq == 6);
  CHECK(connection.segments[0].numbers.seq == 1);
  CHECK(connection.segments[1].seq == 1);
  CHECK(connection.segments[1].numbers.seq == -4);
  CHECK(connection.number(Side::client, 1) == -4);
  CHECK(connection.segments[2].ack == 11);
  CHECK(connection.segments[2].numbers.ack == 6);
  CHECK(connection.segments[2].seq == 1);
  const std::vector<Event> expected = {{EventKind::bytes, Side::client, 1, 11, 1, 1},
                                       {EventKind::bytes, Side::server, 1, 3, 2, 11}};
  CHECK(connection.events == expected);
  CHECK(connection.holes.empty());
}

TEST_CASE("the garbage byte of a keep-alive is no byte of the stream", "[flow]") {
  CapturedTalk capture;
  append(capture.store, client_segment(500, ""));
  TestSegment answer = client_segment(900, "");
  std::swap(answer.from, answer.to);
  answer.acknowledgement = 500;
  append(capture.store, answer);
  append(capture.store, client_segment(499, "x"));
  const TcpConnection connection = capture.connection();
  CHECK(connection.client_stream.empty());
  CHECK(connection.events.empty());
  CHECK(connection.segments[2].repeat == Repeat::keep_alive);
}

TEST_CASE("bytes before the SYN are of another connection", "[flow]") {
  CapturedTalk capture;
  capture.tcp.handshake();
  TestSegment old = capture.tcp.next_of_client();
  old.sequence -= 4;
  old.payload = "0123456789";
  append(capture.store, old);
  const TcpConnection connection = capture.connection();
  CHECK(as_text(connection.client_stream) == "456789");
  CHECK(connection.client_early_bytes == 0);
  CHECK(connection.segments[3].numbers.seq == -3);
  CHECK(connection.events.back() == Event{EventKind::bytes, Side::client, 1, 7, 3, 1});
}

TEST_CASE("a SYN that is captured late opens the connection that it belongs to", "[flow]") {
  CapturedTalk capture;
  PacketStore sent;
  TestConversation tcp(sent, kClient, kServer);
  tcp.handshake();
  tcp.client("ping");
  for (const std::size_t index : {1U, 0U, 2U, 3U}) capture.store.append(sent.at(index));
  const Conversations conversations = capture.sort();
  REQUIRE(conversations.tcp.size() == 1);
  const TcpConnection& connection = conversations.tcp[0];
  CHECK(connection.has_syn);
  CHECK(connection.client == kClient);
  CHECK(connection.holes.empty());
  CHECK(render_history(connection) == "sSAD");
}

TEST_CASE("segments far ahead of all others are not believed", "[flow]") {
  CapturedTalk capture;
  capture.tcp.handshake();
  for (int count = 0; count < 3; ++count) {
    TestSegment far = capture.tcp.next_of_client();
    far.sequence += static_cast<std::uint32_t>(kMaxGapBytes) + 1;
    far.payload = "x";
    append(capture.store, far);
  }
  capture.tcp.client("ping");
  const TcpConnection connection = capture.connection();
  CHECK(as_text(connection.client_stream) == "ping");
  CHECK(connection.segments[3].repeat == Repeat::none);
  CHECK(connection.events.back() == Event{EventKind::bytes, Side::client, 1, 5, 6, 1});
}

TEST_CASE("a segment far ahead is an event, and its gap takes no memory", "[flow]") {
  CapturedTalk capture;
  capture.tcp.handshake();
  capture.tcp.client("ping");
  TestSegment far = capture.tcp.next_of_client();
  far.sequence += 60'000'000;
  far.payload = "x";
  append(capture.store, far);
  const TcpConnection connection = capture.connection();
  CHECK(connection.events.back() ==
        Event{EventKind::bytes, Side::client, 60'000'005, 60'000'006, 4, 1});
  CHECK(as_text(connection.client_stream) == "ping");
}

TEST_CASE("a length that only the packet's header claims takes no memory", "[flow]") {
  CapturedTalk capture;
  capture.tcp.handshake();
  TestSegment data = capture.tcp.next_of_client();
  data.payload = "ping";
  Bytes frame = build_frame(data);
  frame[16] = frame[17] = 0;  // the IPv4 length of a segment that a card was to cut
  capture.store.append({kTestStart, 4'000'000'000, LinkType::ethernet, frame});
  const TcpConnection connection = capture.connection();
  CHECK(connection.truncated);
  CHECK(connection.segments.back().payload_size > 3'999'000'000);
  CHECK(as_text(connection.client_stream) == "ping");
}

TEST_CASE("a payload that snaplen cut is told, and the rest of it is zeros", "[flow]") {
  CapturedTalk capture;
  capture.tcp.handshake();
  TestSegment data = capture.tcp.next_of_client();
  data.payload = "ping";
  const Bytes frame = build_frame(data);
  capture.store.append({kTestStart, static_cast<std::uint32_t>(frame.size()), LinkType::ethernet,
                        ByteView(frame).first(frame.size() - 2)});
  const TcpConnection connection = capture.connection();
  CHECK(connection.truncated);
  CHECK(as_text(connection.client_stream) == std::string_view("pi\0\0", 4));
  CHECK(connection.segments.back().payload_size == 4);
}

TEST_CASE("segments whose options snaplen cut are of their connection, which says so", "[flow]") {
  CapturedTalk capture;
  PacketStore sent;
  TestConversation tcp(sent, kClient, kServer);
  tcp.handshake();  // SYNs with options
  constexpr std::size_t kOptionsAt = 14 + 20 + 20;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    RawPacket packet = sent.at(i);
    packet.bytes = packet.bytes.first(std::min(packet.bytes.size(), kOptionsAt + 4));
    capture.store.append(packet);
  }
  const TcpConnection connection = capture.connection();
  REQUIRE(connection.segments.size() == 3);
  CHECK(connection.has_syn);
  CHECK(connection.truncated);
  CHECK(connection.segments[0].mss == 1460);  // it stands in front of what was cut
  CHECK(connection.segments[2].numbers == RelativeNumbers{1, 1, 64240});
}

TEST_CASE("a second RST answers another segment: it is not sent again", "[flow]") {
  CapturedTalk capture;
  capture.tcp.handshake();
  capture.tcp.client("", tcp_flag::kRst);
  capture.tcp.client("", tcp_flag::kRst);
  const TcpConnection connection = capture.connection();
  CHECK(connection.ended);
  CHECK(connection.events.back() == Event{EventKind::rst, Side::client, 1, 1, 3, 1});
  CHECK(connection.segments.back().repeat == Repeat::reset_after_end);
  CHECK(has_event(connection, EventKind::rst));
  CHECK(has_event(connection, EventKind::rst, Side::client));
  CHECK_FALSE(has_event(connection, EventKind::rst, Side::server));
}

}  // namespace wireproof
