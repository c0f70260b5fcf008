// What a segment is to its connection: losses, probes and repeats as hosts and networks make them.
#include "packets/flow/connection_tracker.h"

#include "catch.h"
#include "packets/flow/captured.h"
#include "support/header_writer.h"

namespace wireproof {
namespace {

struct CapturedStream : Captured {
  TestConversation tcp{store, kClient, kServer};

  CapturedStream() {
    tcp.set_initial_sequences(100, 200);
    tcp.handshake();
  }
  // A segment of the client with bytes from that position of its stream, from 0.
  void data(std::uint32_t begin, std::string_view text, Bytes options = {}) {
    TestSegment segment = tcp.next_of_client();
    segment.flags = tcp_flag::kAck;
    segment.sequence = 101 + begin;
    segment.payload = text;
    segment.options = std::move(options);
    append(store, segment);
  }
  void reset(PacketFate fate) {
    TestSegment segment = tcp.next_of_server();
    segment.flags = tcp_flag::kRst;
    segment.fate = fate;
    append(store, segment);
  }
  // The server acknowledges so many bytes.
  void ack(std::uint32_t count, std::uint16_t window = 64240) {
    TestSegment segment = tcp.next_of_server();
    segment.flags = tcp_flag::kAck;
    segment.acknowledgement = 101 + count;
    segment.window = window;
    append(store, segment);
  }
  TcpConnection connection() { return sort().tcp.at(0); }
  // Of the packets behind the handshake; those that a judge sees are those of a table.
  std::vector<Repeat> repeats() {
    std::vector<Repeat> result;
    for (const Segment& segment : connection().segments) result.push_back(segment.repeat);
    FlowNumbers flows;
    std::vector<Repeat> shown;
    for (const Packet& packet : packets) shown.push_back(flows.track(packet).repeat);
    CHECK(shown == result);
    result.erase(result.begin(), result.begin() + 3);
    return result;
  }
};

Bytes timestamp(std::uint8_t value) {
  return {1, 1, 8, 10, 0, 0, 0, value, 0, 0, 0, 0};
}

using Repeats = std::vector<Repeat>;

}  // namespace

TEST_CASE("a closed window is probed with the next byte, again and again", "[flow]") {
  CapturedStream capture;
  capture.data(0, "full");
  capture.ack(4, 0);
  capture.data(4, "x");
  capture.ack(4, 0);
  capture.data(4, "x");
  capture.ack(5, 0);  // taken after all
  capture.ack(5);
  capture.data(5, "y");
  CHECK(capture.repeats() == Repeats{Repeat::none, Repeat::zero_window, Repeat::window_probe_byte,
                                     Repeat::window_probe_ack, Repeat::zero_window_probe,
                                     Repeat::window_probe_ack, Repeat::window_update,
                                     Repeat::none});
  CHECK(as_text(capture.connection().client_stream) == "fullxy");
}

TEST_CASE("one byte into an open window is data, and comes again as a retransmission", "[flow]") {
  CapturedStream capture;
  capture.data(0, "x");
  capture.data(0, "x");
  CHECK(capture.repeats() == Repeats{Repeat::none, Repeat::retransmission});
}

TEST_CASE("what was acknowledged is sent again for nothing", "[flow]") {
  CapturedStream capture;
  capture.data(0, "abc");
  capture.data(3, "def");
  capture.ack(3);
  capture.data(0, "abc");
  capture.data(3, "def");
  CHECK(capture.repeats() == Repeats{Repeat::none, Repeat::none, Repeat::pure_ack,
                                     Repeat::spurious_retransmission, Repeat::retransmission});
}

TEST_CASE("a reset ends the connection unless it was lost", "[flow]") {
  for (const PacketFate fate : {PacketFate::lost, PacketFate::late}) {
    CapturedStream capture;
    capture.reset(fate);
    capture.reset(PacketFate::lost);
    CHECK(capture.connection().ended == (fate == PacketFate::late));
  }
}

TEST_CASE("three duplicate ACKs make the next retransmission a fast one, once", "[flow]") {
  for (const int count : {2, 3, 5}) {
    CapturedStream capture;
    for (std::uint32_t i = 0; i < 6; ++i) capture.data(3 * i, "abc");
    capture.ack(3);
    for (int i = 0; i < count; ++i) capture.ack(3);
    capture.data(3, "abc");
    capture.data(3, "abc");
    const Repeats found = capture.repeats();
    const Repeat first = count < 3 ? Repeat::retransmission : Repeat::fast_retransmission;
    CHECK(found[found.size() - 2] == first);
    CHECK(found.back() == Repeat::retransmission);
  }
}

TEST_CASE("duplicate ACKs ask for no other segment", "[flow]") {
  CapturedStream capture;
  for (std::uint32_t i = 0; i < 6; ++i) capture.data(3 * i, "abc");
  for (int i = 0; i < 4; ++i) capture.ack(3);
  capture.data(6, "abc");
  CHECK(capture.repeats().back() == Repeat::retransmission);
}

TEST_CASE("a hole is filled by a copy where the first one was asked for again", "[flow]") {
  for (const int count : {0, 2, 3}) {
    CapturedStream capture;
    capture.data(0, "abc");
    capture.data(6, "ghi");
    for (int i = 0; i <= count; ++i) capture.ack(3);
    capture.data(3, "def");
    CHECK(capture.repeats().back() ==
          (count < 3 ? Repeat::out_of_order : Repeat::late_retransmission));
    CHECK(as_text(capture.connection().client_stream) == "abcdefghi");
  }
}

TEST_CASE("what its sender's later ACK was captured before is out of order", "[flow]") {
  CapturedStream capture;
  capture.data(3, "");  // behind "abc"
  capture.data(0, "abc");
  CHECK(capture.repeats() == Repeats{Repeat::repeated_ack, Repeat::out_of_order});
  CHECK(as_text(capture.connection().client_stream) == "abc");
}

TEST_CASE("a later timestamp than behind the hole tells a copy", "[flow]") {
  for (const std::uint8_t time : {std::uint8_t{6}, std::uint8_t{7}, std::uint8_t{8}}) {
    CapturedStream capture;
    capture.data(0, "abc", timestamp(7));
    capture.data(6, "ghi", timestamp(7));
    capture.data(3, "def", timestamp(time));
    CHECK(capture.repeats().back() ==
          (time <= 7 ? Repeat::out_of_order : Repeat::late_retransmission));
  }
}

TEST_CASE("a repeat with other bytes is told, the first ones stay", "[flow]") {
  CapturedStream capture;
  capture.data(0, "abc");
  capture.data(0, "aXc");
  capture.data(2, "c");
  capture.data(1, "YYdef");
  const TcpConnection connection = capture.connection();
  CHECK(connection.segments[4].repeat == Repeat::conflicting_repeat);
  CHECK(connection.segments[5].repeat == Repeat::retransmission);
  CHECK(connection.segments[6].repeat == Repeat::conflicting_overlap);
  CHECK(as_text(connection.client_stream) == "abcdef");
}

TEST_CASE("bytes behind a SYN begin one number later than it", "[flow]") {
  PacketStore store;
  TestConversation tcp(store, endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:80"));
  TestSegment asks = tcp.next_of_client();
  asks.flags = tcp_flag::kSyn;
  asks.acknowledgement = 0;
  asks.payload = "GET";
  append(store, asks);
  TestSegment again = asks;
  again.time += std::chrono::milliseconds(5);
  again.sequence += 1;
  again.flags = tcp_flag::kPsh | tcp_flag::kAck;
  append(store, again);
  FlowNumbers flows;
  std::vector<TrackedSegment> tracked;
  for (const Packet& packet : store.decode_all()) tracked.push_back(flows.track(packet));
  CHECK(tracked[1].repeat == Repeat::retransmission);
}

TEST_CASE("the garbage byte of a keep-alive is no conflict", "[flow]") {
  CapturedStream capture;
  capture.data(0, "abc");
  capture.ack(3);
  capture.data(2, "?");
  capture.ack(3);
  CHECK(capture.repeats() ==
        Repeats{Repeat::none, Repeat::pure_ack, Repeat::keep_alive, Repeat::keep_alive_ack});
}

TEST_CASE("gaps are told where they open, and where they are acknowledged", "[flow]") {
  CapturedStream capture;
  capture.data(0, "abc");
  capture.data(6, "ghi");
  capture.ack(9);
  capture.ack(9);
  FlowNumbers flows;
  std::vector<TrackedSegment> tracked;
  for (const Packet& packet : capture.store.decode_all()) tracked.push_back(flows.track(packet));
  CHECK(tracked[3].skipped_bytes == 0);
  CHECK(tracked[4].skipped_bytes == 3);
  CHECK(tracked[5].unseen_bytes == 3);
  CHECK(tracked[6].unseen_bytes == 0);
}

TEST_CASE("a damaged copy beside a good one does not count", "[flow]") {
  CapturedStream capture;
  TestSegment segment = capture.tcp.next_of_client();
  segment.payload = "abc";
  Bytes damaged = build_frame(segment);
  damaged.back() ^= 0x01;
  for (const bool is_first : {true, false}) {
    CapturedStream both;
    if (is_first) append_frame(both.store, {}, damaged);
    append(both.store, segment);
    if (!is_first) append_frame(both.store, {}, damaged);
    both.packets = both.store.decode_all();
    const Conversations sorted = build_conversations(both.packets, 80, 0);
    CHECK(sorted.damaged ==
          std::vector<DamagedCopy>{is_first ? DamagedCopy{3, 4} : DamagedCopy{4, 3}});
    CHECK(as_text(sorted.tcp.at(0).client_stream) == "abc");
    CHECK(sorted.tcp.at(0).segments.size() == 4);
  }
  // A lone one may be one whose checksum the card fills in.
  append_frame(capture.store, {}, damaged);
  CHECK(as_text(capture.connection().client_stream) == "ab" + std::string(1, 'c' ^ 1));
}

TEST_CASE("a port that is used again begins another connection in a table", "[flow]") {
  CapturedStream capture;
  capture.tcp.close();
  TestSegment syn = capture.tcp.next_of_client();
  syn.flags = tcp_flag::kSyn;
  syn.sequence = 90'000;
  append(capture.store, syn);
  FlowNumbers flows;
  TrackedSegment last;
  for (const Packet& packet : capture.store.decode_all()) last = flows.track(packet);
  CHECK(last.reuses_ports);
  CHECK(last.numbers.seq == 0);
  CHECK(last.repeat == Repeat::none);
}

}  // namespace wireproof
