#include "packets/flow/flow_numbers.h"

#include "catch.h"
#include "packets/flow/captured.h"

namespace wireproof {
namespace {

Packet packet_of(const TestSegment& segment) {
  Packet packet;
  packet.ip.emplace();
  packet.ip->source = segment.from.address;
  packet.ip->destination = segment.to.address;
  TcpHeader& header = packet.transport.emplace<TcpHeader>();
  header.source_port = segment.from.port;
  header.destination_port = segment.to.port;
  header.sequence = segment.sequence;
  header.acknowledgement = segment.acknowledgement;
  header.flags = segment.flags;
  header.window = segment.window;
  header.options = segment.options;
  packet.payload_size = static_cast<std::uint32_t>(segment.payload.size());
  return packet;
}

RelativeNumbers number(FlowNumbers& flows, const TestSegment& segment) {
  return flows.track(packet_of(segment)).numbers;
}

TestSegment from_client(std::uint16_t flags, std::uint32_t seq, std::uint32_t ack = 0) {
  TestSegment segment;
  segment.from = kClient;
  segment.to = kServer;
  segment.flags = flags;
  segment.sequence = seq;
  segment.acknowledgement = ack;
  segment.window = 10;
  return segment;
}

TestSegment from_server(std::uint16_t flags, std::uint32_t seq, std::uint32_t ack = 0) {
  TestSegment segment = from_client(flags, seq, ack);
  std::swap(segment.from, segment.to);
  return segment;
}

TEST_CASE("numbers count from the SYN, across the wrap of 32 bits", "[flow]") {
  FlowNumbers flows;
  CHECK(number(flows, from_client(tcp_flag::kSyn, 0xffffffff)) == RelativeNumbers{0, 0, 10});
  CHECK(number(flows, from_server(kSynAck, 7000, 0)) == RelativeNumbers{0, 1, 10});
  CHECK(number(flows, from_client(tcp_flag::kAck, 0, 7001)) == RelativeNumbers{1, 1, 10});
  CHECK(number(flows, from_client(tcp_flag::kAck, 4, 7011)) == RelativeNumbers{5, 11, 10});
}

TEST_CASE("without a SYN the first byte seen is 1, the first acknowledged too", "[flow]") {
  FlowNumbers flows;
  CHECK(number(flows, from_client(tcp_flag::kAck, 500, 900)) == RelativeNumbers{1, 1, 10});
  CHECK(number(flows, from_server(tcp_flag::kAck, 905, 510)) == RelativeNumbers{6, 11, 10});
}

TEST_CASE("a SYN with another number begins a new conversation, a repeated one does not",
          "[flow]") {
  FlowNumbers flows;
  number(flows, from_client(tcp_flag::kSyn, 100));
  number(flows, from_server(kSynAck, 200, 101));
  CHECK(number(flows, from_client(tcp_flag::kSyn, 100)).seq == 0);
  CHECK(number(flows, from_server(tcp_flag::kAck, 201, 101)) == RelativeNumbers{1, 1, 10});
  CHECK(number(flows, from_client(tcp_flag::kSyn, 5000)).seq == 0);
  CHECK(number(flows, from_server(kSynAck, 9000, 5001)) == RelativeNumbers{0, 1, 10});
}

TEST_CASE("after FIN or RST an equal SYN begins a new conversation too", "[flow]") {
  for (const std::uint16_t end : {tcp_flag::kFin, tcp_flag::kRst}) {
    FlowNumbers flows;
    number(flows, from_client(tcp_flag::kSyn, 100));
    number(flows, from_server(kSynAck, 200, 101));
    number(flows, from_client(end | tcp_flag::kAck, 101, 201));
    number(flows, from_client(tcp_flag::kSyn, 100));
    CHECK(number(flows, from_server(kSynAck, 300, 101)) == RelativeNumbers{0, 1, 10});
  }
}

TEST_CASE("windows are scaled when both SYNs have the option, never in the SYNs", "[flow]") {
  for (const bool both : {true, false}) {
    FlowNumbers flows;
    TestSegment syn = from_client(tcp_flag::kSyn, 100);
    syn.options = syn_options(1460, 7);
    CHECK(number(flows, syn).window_bytes == 10);
    TestSegment syn_ack = from_server(kSynAck, 200, 101);
    if (both) syn_ack.options = syn_options(1460, 3);
    CHECK(number(flows, syn_ack).window_bytes == 10);
    CHECK(number(flows, from_client(tcp_flag::kAck, 101, 201)).window_bytes == (both ? 1280 : 10));
    CHECK(number(flows, from_server(tcp_flag::kAck, 201, 101)).window_bytes == (both ? 80 : 10));
  }
}

TEST_CASE("what was sent before the first number seen has numbers below 1", "[flow]") {
  FlowNumbers flows;
  CHECK(number(flows, from_client(tcp_flag::kAck, 500, 900)).seq == 1);
  CHECK(number(flows, from_client(tcp_flag::kAck, 495, 900)).seq == -4);
  CHECK(number(flows, from_server(tcp_flag::kAck, 890, 490)) == RelativeNumbers{-9, -9, 10});
  CHECK(number(flows, from_client(tcp_flag::kAck, 505, 900)).seq == 6);
}

TEST_CASE("a SYN that is captured behind its answer belongs to the connection", "[flow]") {
  FlowNumbers flows;
  number(flows, from_server(kSynAck, 200, 101));
  CHECK(number(flows, from_client(tcp_flag::kSyn, 100)).seq == 0);
  CHECK(number(flows, from_client(tcp_flag::kAck, 101, 201)) == RelativeNumbers{1, 1, 10});
}

TEST_CASE("two SYNs that cross open one connection", "[flow]") {  // RFC 9293 §3.5
  FlowNumbers flows;
  number(flows, from_client(tcp_flag::kSyn, 100));
  CHECK(number(flows, from_server(tcp_flag::kSyn, 200)).seq == 0);
  CHECK(number(flows, from_client(kSynAck, 100, 201)) == RelativeNumbers{0, 1, 10});
}

TEST_CASE("numbers go on beyond 32 bits", "[flow]") {
  FlowNumbers flows;
  number(flows, from_client(tcp_flag::kSyn, 0));
  constexpr std::uint32_t kStep = 1U << 30;
  for (std::uint32_t step = 1; step <= 9; ++step) {
    CHECK(number(flows, from_client(tcp_flag::kAck, step * kStep, 1)).seq ==
          std::int64_t{kStep} * step);
  }
  CHECK(number(flows, from_server(tcp_flag::kAck, 1, kStep)).ack == std::int64_t{9} * kStep);
}

TEST_CASE("an acknowledgement carries the other end's numbers on", "[flow]") {
  FlowNumbers flows;
  number(flows, from_client(tcp_flag::kSyn, 0));
  number(flows, from_client(tcp_flag::kAck, 1, 1));  // it has had an answer
  constexpr std::uint32_t kStep = 1U << 30;
  for (std::uint32_t step = 1; step <= 5; ++step) {
    number(flows, from_server(tcp_flag::kAck, 1, step * kStep));
  }
  CHECK(number(flows, from_client(tcp_flag::kAck, kStep, 1)).seq == std::int64_t{5} * kStep);
}

TEST_CASE("a number beyond the largest window moves nothing", "[flow]") {
  FlowNumbers flows;
  number(flows, from_client(tcp_flag::kSyn, 0));
  constexpr std::uint32_t kFar = (1U << 30) + 2;
  for (std::uint32_t count = 0; count < 4; ++count) {
    number(flows, from_client(tcp_flag::kAck, kFar, 1));
    CHECK(number(flows, from_client(tcp_flag::kAck, 1, 1)).seq == 1);
  }
  // Still counted from 1, where the connection stands.
  CHECK(number(flows, from_client(tcp_flag::kAck, 0x80000001, 1)).seq == 1 - 0x80000000LL);
}

TEST_CASE("the first fragment of a segment sets no base", "[flow]") {
  FlowNumbers flows;
  Packet fragment = packet_of(from_client(tcp_flag::kAck, 3'000'000'000, 900));
  fragment.ip->more_fragments = true;
  CHECK(flows.track(fragment).numbers == RelativeNumbers{3'000'000'000, 900, 10});
  CHECK(number(flows, from_client(tcp_flag::kAck, 500, 900)) == RelativeNumbers{1, 1, 10});
}

TEST_CASE("a shift above 14 counts as 14", "[flow]") {  // RFC 7323 §2.3
  FlowNumbers flows;
  TestSegment syn = from_client(tcp_flag::kSyn, 100);
  syn.options = syn_options(1460, 15);
  number(flows, syn);
  TestSegment syn_ack = from_server(kSynAck, 200, 101);
  syn_ack.options = syn_options(1460, 0);
  number(flows, syn_ack);
  CHECK(number(flows, from_client(tcp_flag::kAck, 101, 201)).window_bytes == 10U << 14);
  CHECK(number(flows, from_server(tcp_flag::kAck, 201, 101)).window_bytes == 10);
}

TEST_CASE("a SYN without the option takes the scale back", "[flow]") {
  FlowNumbers flows;
  TestSegment syn = from_client(tcp_flag::kSyn, 100);
  syn.options = syn_options(1460, 7);
  number(flows, syn);
  syn.options.clear();
  number(flows, syn);
  TestSegment syn_ack = from_server(kSynAck, 200, 101);
  syn_ack.options = syn_options(1460, 7);
  number(flows, syn_ack);
  CHECK(number(flows, from_client(tcp_flag::kAck, 101, 201)).window_bytes == 10);
}

TEST_CASE("a connection is closed once each FIN was acknowledged behind its data", "[flow]") {
  ConnectionNumbers numbers;
  const auto add = [&](Way from, const TestSegment& segment) {
    const Packet packet = packet_of(segment);
    numbers.add(from, *packet.tcp(), packet.payload_size);
  };
  TestSegment fin = from_client(tcp_flag::kFin | tcp_flag::kAck, 0xfffffffe, 500);
  fin.payload = "abc";
  add(Way::forward, fin);
  add(Way::backward, from_server(tcp_flag::kFin | tcp_flag::kAck, 500, 1));  // of its data only
  add(Way::forward, from_client(tcp_flag::kAck, 2, 501));
  CHECK_FALSE(numbers.are_both_closed());
  CHECK_FALSE(numbers.has_ended());
  add(Way::backward, from_server(tcp_flag::kAck, 501, 2));
  CHECK(numbers.are_both_closed());
  CHECK(numbers.has_ended());
}

TEST_CASE("a RST ends a connection and closes nothing", "[flow]") {
  ConnectionNumbers numbers;
  const Packet reset = packet_of(from_client(tcp_flag::kRst, 500));
  numbers.add(Way::forward, *reset.tcp(), 0);
  CHECK(numbers.has_ended());
  CHECK_FALSE(numbers.are_both_closed());
}

TEST_CASE("beyond the limit the flows unused for longest are forgotten", "[flow]") {
  FlowNumbers flows(8);
  const auto client = [](std::uint16_t port) {
    TestSegment segment = from_client(tcp_flag::kAck, 1000);
    segment.from.port = port;
    return segment;
  };
  for (std::uint16_t port = 1; port <= 100; ++port) number(flows, client(port));
  TestSegment recent = client(99);
  recent.sequence = 1010;
  CHECK(number(flows, recent).seq == 11);
  TestSegment forgotten = client(1);
  forgotten.sequence = 1010;
  CHECK(number(flows, forgotten).seq == 1);
}

TEST_CASE("flows of many ports and both versions are kept apart", "[flow]") {
  FlowNumbers flows;
  for (std::uint16_t port = 1; port <= 5000; ++port) {
    TestSegment segment = from_client(tcp_flag::kAck, port);
    segment.from.port = port;
    CHECK(number(flows, segment).seq == 1);
  }
  for (std::uint16_t port = 1; port <= 5000; ++port) {
    TestSegment segment = from_client(tcp_flag::kAck, port + 9u);
    segment.from.port = port;
    CHECK(number(flows, segment).seq == 10);
  }
  TestSegment v6 = from_client(tcp_flag::kAck, 77);
  v6.from = endpoint("[::1]:1");
  v6.to = endpoint("[::2]:80");
  CHECK(number(flows, v6).seq == 1);
}

}  // namespace
}  // namespace wireproof
