#include "packets/flow/connection_tracker.h"

#include "catch.h"

namespace wireproof {
namespace {

// A segment of an end that has sent all below number 10 and acknowledged 5 with a window of 100;
// the other end has acknowledged all of it.
struct Situation {
  SentSegment segment{tcp_flag::kAck, {10, 5, 100}, 0};
  SideHistory own = history(10, 5, 100);
  SideHistory other = history(5, 10, 300);

  static SideHistory history(std::int64_t next, std::int64_t ack, std::uint32_t window_bytes) {
    SideHistory side;
    side.next = next;
    side.ack = ack;
    side.window_bytes = window_bytes;
    side.has_sent = true;
    side.has_ack = true;
    return side;
  }
  Repeat repeat() const { return classify_repeat(segment, own, other); }
};

}  // namespace

TEST_CASE("an ACK without anything new is told by its number and its window", "[flow]") {
  struct Case {
    std::int64_t ack;
    std::uint32_t window_bytes;
    Repeat repeat;
  };
  const Case cases[] = {
      {6, 100, Repeat::pure_ack},     {6, 200, Repeat::pure_ack},      {6, 0, Repeat::zero_window},
      {5, 100, Repeat::repeated_ack}, {5, 200, Repeat::window_update}, {5, 0, Repeat::zero_window},
      {4, 100, Repeat::repeated_ack}, {4, 200, Repeat::repeated_ack},
  };
  for (const Case& item : cases) {
    INFO(item.ack << " with window " << item.window_bytes);
    Situation now;
    now.segment.numbers.ack = item.ack;
    now.segment.numbers.window_bytes = item.window_bytes;
    CHECK(now.repeat() == item.repeat);
  }
}

TEST_CASE("a duplicate ACK has all five properties of RFC 5681", "[flow]") {
  Situation now;
  now.other.next = 8;  // numbers 5..7 are outstanding
  CHECK(now.repeat() == Repeat::duplicate_ack);
  const auto changed = [&now](auto change) {
    Situation other = now;
    change(other);
    return other.repeat();
  };
  CHECK(changed([](Situation& s) { s.other.next = 5; }) == Repeat::repeated_ack);
  CHECK(changed([](Situation& s) { s.segment.payload_size = 3; }) == Repeat::retransmission);
  CHECK(changed([](Situation& s) { s.segment.numbers.ack = 4; }) == Repeat::repeated_ack);
  CHECK(changed([](Situation& s) { s.segment.numbers.ack = 6; }) == Repeat::pure_ack);
  CHECK(changed([](Situation& s) { s.segment.numbers.window_bytes = 101; }) ==
        Repeat::window_update);
}

TEST_CASE("the first ACK of an end is no duplicate", "[flow]") {
  Situation now;
  now.own.has_ack = false;
  CHECK(now.repeat() == Repeat::pure_ack);
}

TEST_CASE("one below the next number is a keep-alive, with no byte or one", "[flow]") {
  Situation now;
  now.segment.numbers.seq = 9;
  CHECK(now.repeat() == Repeat::keep_alive);
  now.segment.payload_size = 1;
  CHECK(now.repeat() == Repeat::keep_alive);
  now.segment.payload_size = 2;
  CHECK(now.repeat() == Repeat::retransmission);
  now.segment.payload_size = 0;
  for (const std::int64_t seq : {8, 10, 11}) {
    now.segment.numbers.seq = seq;
    CHECK(now.repeat() == Repeat::repeated_ack);
  }
}

TEST_CASE("a byte that is not acknowledged yet is sent again because it may be lost", "[flow]") {
  Situation now;
  now.segment.numbers.seq = 9;
  now.segment.payload_size = 1;
  now.other.ack = 9;
  CHECK(now.repeat() == Repeat::retransmission);
  now.segment.payload_size = 0;  // without a byte it can only be a probe
  CHECK(now.repeat() == Repeat::keep_alive);
}

TEST_CASE("SYN and FIN keep nothing alive", "[flow]") {
  for (const std::uint16_t flag : {tcp_flag::kSyn, tcp_flag::kFin}) {
    Situation now;
    now.segment.numbers.seq = 9;
    now.segment.flags |= flag;
    now.segment.payload_size = 1;
    CHECK(now.repeat() == Repeat::retransmission);
  }
}

TEST_CASE("an end that has sent nothing keeps nothing alive", "[flow]") {
  Situation now;
  now.segment.numbers.seq = -1;
  now.own = {};
  CHECK(now.repeat() == Repeat::pure_ack);
}

TEST_CASE("a keep-alive into a closed window probes it", "[flow]") {
  Situation now;
  now.segment.numbers.seq = 9;
  now.other.window_bytes = 0;
  CHECK(now.repeat() == Repeat::zero_window_probe);
  now.other.has_ack = false;  // its window is not known
  CHECK(now.repeat() == Repeat::keep_alive);
}

TEST_CASE("only the same ACK and window answer a keep-alive", "[flow]") {
  Situation now;
  now.other.asked = SideHistory::Asked::keep_alive;
  CHECK(now.repeat() == Repeat::keep_alive_ack);
  now.segment.numbers.window_bytes = 200;
  CHECK(now.repeat() == Repeat::window_update);
  now.segment.numbers = {10, 6, 100};
  CHECK(now.repeat() == Repeat::pure_ack);
}

TEST_CASE("a RST without an event comes behind the end, and is never sent again", "[flow]") {
  Situation now;
  now.segment.flags = tcp_flag::kRst;
  CHECK(now.repeat() == Repeat::reset_after_end);
  now.own.has_rst = true;
  CHECK(now.repeat() == Repeat::reset_after_end);
}

TEST_CASE("each kind of repeat has words of its own", "[flow]") {
  CHECK(render_repeat(Repeat::none).empty());
  CHECK(render_repeat(Repeat::pure_ack) == "pure ACK");
  CHECK(render_repeat(Repeat::duplicate_ack) == "duplicate ACK");
  CHECK(render_repeat(Repeat::window_update) == "window update");
  CHECK(render_repeat(Repeat::zero_window) == "zero window");
  CHECK(render_repeat(Repeat::keep_alive) == "keep-alive");
  CHECK(render_repeat(Repeat::keep_alive_ack) == "keep-alive ACK");
  CHECK(render_repeat(Repeat::retransmission) == "retransmission");
  CHECK(render_repeat(Repeat::out_of_order) == "out of order");
  CHECK(render_repeat(Repeat::zero_window_probe) == "zero window probe");
  CHECK(render_repeat(Repeat::reset_after_end) == "RST after the end");
  CHECK(render_repeat(Repeat::repeated_ack) == "repeated ACK");
  CHECK(render_repeat(Repeat::out_of_window) == "outside of the window");
  CHECK(render_repeat(Repeat::stray_syn) == "SYN in an open connection");
  CHECK(render_repeat(Repeat::stray_reset) == "RST that ends nothing");
  CHECK(render_repeat(Repeat::unacceptable_ack) == "does not acknowledge the SYN");
}

}  // namespace wireproof
