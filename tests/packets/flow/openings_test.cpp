// SYNs, SYN, ACKs and RSTs that a receiver does not take as they stand: what RFC 9293 §3.5 and
// §3.10.7.4 and RFC 5961 let it do tells what they are.
#include "catch.h"
#include "packets/flow/captured.h"
#include "packets/flow/connection_watch.h"

namespace wireproof {
namespace {

constexpr std::uint32_t kLaterSyn = 700'000;

struct CapturedOpening : Captured {
  TestConversation tcp{store, kClient, kServer};

  CapturedOpening() { tcp.set_initial_sequences(100, 200); }

  void add(TestSegment segment, std::uint16_t flags, std::uint32_t seq, std::uint32_t ack = 0) {
    segment.flags = flags;
    segment.sequence = seq;
    segment.acknowledgement = ack;
    append(store, segment);
  }
  void by_client(std::uint16_t flags, std::uint32_t seq, std::uint32_t ack = 0) {
    add(tcp.next_of_client(), flags, seq, ack);
  }
  void by_server(std::uint16_t flags, std::uint32_t seq, std::uint32_t ack = 0) {
    add(tcp.next_of_server(), flags, seq, ack);
  }
  bool all_ended() {
    ConnectionWatch watch(80);
    for (const Packet& packet : store.decode_all()) watch.see(packet);
    return watch.all_ended();
  }
};

std::vector<std::int64_t> numbers_of(const TcpConnection& connection) {
  std::vector<std::int64_t> numbers;
  for (const Segment& segment : connection.segments) numbers.push_back(segment.numbers.seq);
  return numbers;
}

}  // namespace

TEST_CASE("a SYN that is challenged leaves its connection as it is", "[flow]") {  // RFC 5961 §4
  CapturedOpening capture;
  capture.tcp.handshake();
  capture.tcp.client("abcd");
  capture.by_client(tcp_flag::kSyn, kLaterSyn);
  capture.by_server(tcp_flag::kAck, 201, 105);  // the challenge
  capture.tcp.client("efgh");
  capture.tcp.server("ok");
  const Conversations sorted = capture.sort();
  REQUIRE(sorted.tcp.size() == 1);
  const TcpConnection& connection = sorted.tcp.front();
  CHECK(as_text(connection.client_stream) == "abcdefgh");
  CHECK(connection.segments[4].repeat == Repeat::stray_syn);
  CHECK(connection.segments[5].repeat == Repeat::pure_ack);
  CHECK(connection.holes.empty());
  CHECK_FALSE(connection.ended);
  const std::vector<std::int64_t> expected = {0, 0, 1, 1, 0, 1, 5, 1};
  CHECK(numbers_of(connection) == expected);
  CHECK(capture.shown() == expected);
}

TEST_CASE("a SYN that is answered opens another connection", "[flow]") {
  CapturedOpening capture;
  capture.tcp.handshake();
  capture.by_client(tcp_flag::kSyn, kLaterSyn);
  capture.tcp.server("late");  // on its way when the SYN came
  SECTION("by a SYN, ACK") {
    capture.by_server(kSynAck, 900, kLaterSyn + 1);
  }
  SECTION("by a RST") {
    capture.by_server(tcp_flag::kRst | tcp_flag::kAck, 0, kLaterSyn + 1);
  }
  SECTION("by what is not captured, and goes on behind it") {
    capture.by_client(tcp_flag::kAck, kLaterSyn + 1, 901);
  }
  const Conversations sorted = capture.sort();
  REQUIRE(sorted.tcp.size() == 2);
  CHECK(sorted.tcp[0].segments.size() == 3);
  CHECK(sorted.tcp[1].segments[0].numbers.seq == 0);
  CHECK(sorted.tcp[1].has_syn);
}

TEST_CASE("numbers begin anew with the answer to the later SYN", "[flow]") {
  CapturedOpening capture;
  capture.tcp.handshake();
  capture.tcp.client("abcd");
  capture.by_client(tcp_flag::kSyn, kLaterSyn);
  capture.by_server(kSynAck, 900, kLaterSyn + 1);
  capture.by_client(tcp_flag::kAck, kLaterSyn + 1, 901);
  capture.by_server(tcp_flag::kAck, 901, kLaterSyn + 1);
  CHECK(capture.shown() == std::vector<std::int64_t>{0, 0, 1, 1, 0, 0, 1, 1});
  CHECK_FALSE(capture.all_ended());
}

TEST_CASE("a SYN that nothing follows is another connection", "[flow]") {
  CapturedOpening capture;
  capture.tcp.handshake();
  capture.by_client(tcp_flag::kSyn, kLaterSyn);
  capture.by_client(tcp_flag::kSyn, kLaterSyn);
  const Conversations sorted = capture.sort();
  REQUIRE(sorted.tcp.size() == 2);
  CHECK(sorted.tcp[1].segments[1].repeat == Repeat::retransmission);
}

TEST_CASE("an end that finds the connection half-open resets it and opens again", "[flow]") {
  CapturedOpening capture;  // RFC 9293 §3.5.1, figure 9
  capture.tcp.handshake();
  capture.tcp.client("abcd");
  capture.by_client(tcp_flag::kSyn, kLaterSyn);
  capture.by_server(tcp_flag::kAck, 201, 105);
  capture.by_client(tcp_flag::kRst, 105);
  capture.by_client(tcp_flag::kSyn, kLaterSyn);
  capture.by_server(kSynAck, 900, kLaterSyn + 1);
  const Conversations sorted = capture.sort();
  REQUIRE(sorted.tcp.size() == 2);
  CHECK(sorted.tcp[0].ended);
  CHECK(sorted.tcp[0].segments.size() == 7);
  CHECK(numbers_of(sorted.tcp[1]) == std::vector<std::int64_t>{0, 0});
  CHECK(capture.shown() == std::vector<std::int64_t>{0, 0, 1, 1, 0, 1, 5, 0, 0});
}

TEST_CASE("the SYN, ACK that is acknowledged is the base", "[flow]") {  // RFC 9293 §3.5, figure 8
  CapturedOpening capture;
  capture.by_client(tcp_flag::kSyn, 100);
  capture.by_server(kSynAck, 5'000'000, 101);
  capture.by_server(kSynAck, 200, 101);
  SECTION("it is the second") {
    capture.by_client(tcp_flag::kAck, 101, 201);
    capture.by_server(tcp_flag::kAck, 201, 101);
  }
  SECTION("it is the first") {
    capture.by_client(tcp_flag::kAck, 101, 5'000'001);
    capture.by_server(tcp_flag::kAck, 5'000'001, 101);
  }
  const std::vector<std::int64_t> expected = {0, 0, 0, 1, 1};
  CHECK(capture.shown() == expected);
  const Conversations sorted = capture.sort();
  REQUIRE(sorted.tcp.size() == 1);
  CHECK(numbers_of(sorted.tcp[0]) == expected);
  CHECK(sorted.tcp[0].segments[2].repeat == Repeat::stray_syn);
}

TEST_CASE("a RST for the SYN, ACK that the client does not follow ends nothing", "[flow]") {
  CapturedOpening capture;
  capture.by_client(tcp_flag::kSyn, 100);
  capture.by_server(kSynAck, 5'000'000, 101);
  capture.by_client(tcp_flag::kRst, 101);
  CHECK(capture.all_ended());
  capture.by_server(kSynAck, 200, 101);
  CHECK(capture.sort().tcp.front().ended);
  capture.by_client(tcp_flag::kAck, 101, 201);
  CHECK_FALSE(capture.all_ended());
  const Conversations sorted = capture.sort();
  REQUIRE(sorted.tcp.size() == 1);
  const TcpConnection& connection = sorted.tcp.front();
  CHECK_FALSE(connection.ended);
  CHECK_FALSE(has_event(connection, EventKind::rst));
  CHECK(connection.segments[2].repeat == Repeat::stray_reset);
  capture.by_client(tcp_flag::kRst, 101);
  CHECK(has_event(capture.sort().tcp.front(), EventKind::rst));
  CHECK(capture.all_ended());
}

TEST_CASE("a SYN, ACK tells the base whatever an old ACK said before", "[flow]") {
  CapturedOpening capture;
  capture.by_client(tcp_flag::kAck, 101, 8'000'000);  // of an earlier connection
  capture.by_server(kSynAck, 200, 101);
  capture.by_client(tcp_flag::kAck, 101, 201);
  CHECK(capture.shown() == std::vector<std::int64_t>{1, 0, 1});
  FlowNumbers flows;
  std::vector<std::int64_t> acks;
  for (const Packet& packet : capture.store.decode_all())
    acks.push_back(flows.track(packet).numbers.ack);
  CHECK(acks == std::vector<std::int64_t>{1, 1, 1});
}

TEST_CASE("a RST ends a connection with the number that its receiver waits for", "[flow]") {
  struct Case {
    std::uint32_t seq;
    Repeat refusal;
  };
  // RFC 9293 §3.10.7.4, RFC 5961 §3.2. The client has acknowledged the SYN of the server, which has
  // sent five bytes behind it; the client's window is scaled by 7.
  constexpr std::uint32_t kWindow = 64240U << 7;
  const Case cases[] = {{200, Repeat::out_of_window},
                        {201, Repeat::none},
                        {206, Repeat::none},
                        {207, Repeat::stray_reset},
                        {206 + kWindow, Repeat::stray_reset},
                        {206 + kWindow + 1, Repeat::out_of_window},
                        {4'200'000'000, Repeat::out_of_window},
                        {90'000'000, Repeat::out_of_window}};
  for (const Case& item : cases) {
    INFO(item.seq);
    CapturedOpening capture;
    capture.tcp.handshake();
    capture.tcp.server("HELLO");
    capture.by_server(tcp_flag::kRst, item.seq);
    const Conversations sorted = capture.sort();
    const bool ends = item.refusal == Repeat::none;
    CHECK(sorted.tcp.front().ended == ends);
    CHECK(has_event(sorted.tcp.front(), EventKind::rst) == ends);
    CHECK(sorted.tcp.front().segments.back().repeat == item.refusal);
    CHECK(capture.all_ended() == ends);
  }
}

TEST_CASE("a RST below what was acknowledged ends nothing, but with the FIN's number", "[flow]") {
  struct Case {
    std::uint32_t seq;
    bool ends;
  };
  // Linux takes a RST that has the number of the FIN in front of it (tcp_reset_check).
  const Case cases[] = {{205, false}, {206, true}, {207, true}, {208, false}};
  for (const Case& item : cases) {
    INFO(item.seq);
    CapturedOpening capture;
    capture.tcp.handshake();
    capture.tcp.server("HELLO");
    capture.tcp.server("", tcp_flag::kFin | tcp_flag::kAck);  // 206
    capture.tcp.client("");                                   // acknowledges 207
    capture.by_server(tcp_flag::kRst, item.seq);
    CHECK(capture.sort().tcp.front().ended == item.ends);
    CHECK(capture.all_ended() == item.ends);
  }
}

TEST_CASE("a RST ends what the capture begins within", "[flow]") {
  CapturedOpening capture;
  SECTION("at the number that was acknowledged") {
    capture.by_client(tcp_flag::kAck, 101, 5000);
    capture.by_server(tcp_flag::kRst, 5000);
  }
  SECTION("where nothing of its side was captured") {
    capture.by_client(tcp_flag::kAck, 101, 5000);
    capture.by_server(tcp_flag::kRst, 6000);
  }
  SECTION("alone") {
    capture.by_server(tcp_flag::kRst | tcp_flag::kAck, 7000, 1);
  }
  CHECK(capture.sort().tcp.front().ended);
}

TEST_CASE("what does not acknowledge a SYN without answer is no answer", "[flow]") {
  // RFC 9293 §3.10.7.3, in which SND.NXT is 101.
  struct Case {
    std::uint16_t flags;
    std::uint32_t ack;
    bool is_taken;
  };
  const Case cases[] = {
      {kSynAck, 101, true},
      {kSynAck, 100, false},
      {kSynAck, 102, false},
      {kSynAck, 900'000'000, false},
      {tcp_flag::kRst | tcp_flag::kAck, 101, true},
      {tcp_flag::kRst | tcp_flag::kAck, 100, false},
      {tcp_flag::kRst | tcp_flag::kAck, 102, false},
      {tcp_flag::kRst, 0, false},
      {tcp_flag::kAck, 100, false},            // challenges an old duplicate (figure 9)
      {tcp_flag::kAck, 3'000'000'000, false},  // the same
      {tcp_flag::kAck, 130, true},             // what it acknowledges was not captured
      {tcp_flag::kSyn, 0, true},               // both open (figure 7)
  };
  for (const Case& item : cases) {
    INFO(item.flags << " " << item.ack);
    CapturedOpening capture;
    capture.by_client(tcp_flag::kSyn, 100);
    capture.by_server(item.flags, 9000, item.ack);
    const Conversations sorted = capture.sort();
    REQUIRE(sorted.tcp.size() == 1);
    const TcpConnection& connection = sorted.tcp.front();
    CHECK((connection.segments[1].repeat == Repeat::unacceptable_ack) == !item.is_taken);
    const bool opens = (item.flags & tcp_flag::kSyn) != 0;
    const bool resets = (item.flags & tcp_flag::kRst) != 0;
    CHECK(has_event(connection, EventKind::open, Side::server) == (opens && item.is_taken));
    CHECK(connection.ended == (resets && item.is_taken));
    CHECK(capture.all_ended() == (resets && item.is_taken));
  }
}

TEST_CASE("a refused answer moves no number", "[flow]") {
  CapturedOpening capture;
  capture.by_client(tcp_flag::kSyn, 100);
  SECTION("a SYN, ACK of an old SYN, and what it gets") {  // figure 8 as the client sees it
    capture.by_server(kSynAck, 5'000'000, 5100);
    capture.by_client(tcp_flag::kRst, 5100);
    capture.by_server(kSynAck, 200, 101);
    capture.by_client(tcp_flag::kAck, 101, 201);
    CHECK(capture.shown() == std::vector<std::int64_t>{0, 0, 5000, 0, 1});
  }
  SECTION("a challenge, and what it gets") {  // figure 9
    capture.by_server(tcp_flag::kAck, 5'000'000, 60);
    capture.by_client(tcp_flag::kRst, 60);
    capture.by_client(tcp_flag::kSyn, 100);
    capture.by_server(kSynAck, 200, 101);
    capture.by_client(tcp_flag::kAck, 101, 201);
    CHECK(capture.shown() == std::vector<std::int64_t>{0, 1, -40, 0, 0, 1});
  }
  SECTION("a RST of an earlier connection") {
    capture.by_server(tcp_flag::kRst, 70'000);
    capture.by_server(kSynAck, 200, 101);
    capture.by_client(tcp_flag::kAck, 101, 201);
    CHECK(capture.shown() == std::vector<std::int64_t>{0, 1, 0, 1});
  }
  capture.by_server(tcp_flag::kAck, 201, 101);
  const Conversations sorted = capture.sort();
  REQUIRE(sorted.tcp.size() == 1);
  const TcpConnection& connection = sorted.tcp.front();
  CHECK_FALSE(connection.ended);
  CHECK(connection.events.size() == 2);
  CHECK(connection.holes.empty());
  CHECK(numbers_of(connection) == capture.shown());
}

TEST_CASE("a segment of another time acknowledges nothing", "[flow]") {
  CapturedOpening capture;
  capture.tcp.handshake();
  capture.tcp.client("abcd");
  TestSegment old = capture.tcp.next_of_client();
  old.sequence -= 1'300'000'000;
  old.acknowledgement += 1'000'000'000;
  old.payload = "an old duplicate";
  append(capture.store, old);
  capture.tcp.client("efgh");
  const Conversations sorted = capture.sort();
  const TcpConnection& connection = sorted.tcp.front();
  CHECK(connection.segments[4].repeat == Repeat::out_of_window);
  CHECK(as_text(connection.client_stream) == "abcdefgh");
  CHECK(connection.holes.empty());
}

}  // namespace wireproof
