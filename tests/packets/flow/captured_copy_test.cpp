#include "packets/flow/captured_copy.h"

#include "catch.h"
#include "packets/flow/tcp_connection.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

constexpr std::size_t kEthernetSize = 14;

TestSegment segment_of(std::string_view payload) {
  TestSegment segment;
  segment.from = endpoint("10.0.0.1:5000");
  segment.to = endpoint("10.0.0.2:80");
  segment.flags = tcp_flag::kPsh | tcp_flag::kAck;
  segment.sequence = 101;
  segment.acknowledgement = 201;
  segment.payload = payload;
  return segment;
}

Bytes frame_of(const TestSegment& segment, std::uint8_t identification) {
  Bytes frame = build_frame(segment);
  frame[kEthernetSize + 5] = identification;
  return frame;
}

// Its time is in microseconds.
Packet packet_of(const Bytes& frame, int time = 0) {
  RawPacket raw;
  raw.time = kTestStart + std::chrono::microseconds(time);
  raw.original_size = static_cast<std::uint32_t>(frame.size());
  raw.bytes = frame;
  return decode_packet(raw);
}

bool is_captured_copy(const Packet& earlier, const Packet& later) {
  return find_original({&earlier, 1}, later).has_value();
}

Bytes with_tag(const Bytes& frame, std::uint8_t vlan) {
  Bytes tagged(frame.begin(), frame.begin() + 12);
  tagged.insert(tagged.end(), {0x81, 0x00, 0x00, vlan});
  tagged.insert(tagged.end(), frame.begin() + 12, frame.end());
  return tagged;
}

}  // namespace

TEST_CASE("a packet with the same identification and bytes is a copy of the capture", "[flow]") {
  const Bytes frame = frame_of(segment_of("ping"), 7);
  const Packet first = packet_of(frame);
  CHECK(is_captured_copy(first, packet_of(frame, 1)));
  CHECK(is_captured_copy(first, packet_of(frame, 10'000)));
  CHECK_FALSE(is_captured_copy(first, packet_of(frame, 10'001)));
  const Bytes again = frame_of(segment_of("ping"), 8);  // sent again
  CHECK_FALSE(is_captured_copy(first, packet_of(again, 1)));
  const Bytes damaged = frame_of(segment_of("pong"), 7);
  CHECK_FALSE(is_captured_copy(first, packet_of(damaged, 1)));
  const Bytes longer = frame_of(segment_of("pings"), 7);
  CHECK_FALSE(is_captured_copy(first, packet_of(longer, 1)));
}

TEST_CASE("a copy has the same header of TCP", "[flow]") {
  const Bytes frame = frame_of(segment_of("ping"), 7);
  const auto is_copy = [&](auto change) {
    TestSegment other = segment_of("ping");
    change(other);
    const Bytes changed = frame_of(other, 7);
    return is_captured_copy(packet_of(frame), packet_of(changed, 1));
  };
  CHECK(is_copy([](TestSegment&) {}));
  CHECK_FALSE(is_copy([](TestSegment& other) { ++other.sequence; }));
  CHECK_FALSE(is_copy([](TestSegment& other) { ++other.acknowledgement; }));
  CHECK_FALSE(is_copy([](TestSegment& other) { ++other.window; }));
  CHECK_FALSE(is_copy([](TestSegment& other) { other.flags |= tcp_flag::kFin; }));
  CHECK_FALSE(is_copy([](TestSegment& other) { ++other.from.port; }));
  CHECK_FALSE(is_copy([](TestSegment& other) { ++other.to.port; }));
  CHECK_FALSE(is_copy([](TestSegment& other) { other.from = endpoint("10.0.0.3:5000"); }));
  CHECK_FALSE(is_copy([](TestSegment& other) { other.to = endpoint("10.0.0.3:80"); }));
}

TEST_CASE("without an identification only another frame tells a copy", "[flow]") {
  const Bytes frame = frame_of(segment_of("ping"), 0);
  CHECK_FALSE(is_captured_copy(packet_of(frame), packet_of(frame, 1)));
  const Bytes tagged = with_tag(frame, 10);
  CHECK(is_captured_copy(packet_of(frame), packet_of(tagged, 1)));
  Bytes forwarded = frame;
  ++forwarded[0];
  CHECK(is_captured_copy(packet_of(frame), packet_of(forwarded, 1)));
}

TEST_CASE("a datagram is a copy by the same rules", "[flow]") {
  const TestDatagram ask{{}, endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:53"), "ask"};
  Bytes frame = build_frame(ask);
  CHECK_FALSE(is_captured_copy(packet_of(frame), packet_of(frame, 1)));
  frame[kEthernetSize + 5] = 3;
  CHECK(is_captured_copy(packet_of(frame), packet_of(frame, 1)));
}

TEST_CASE("an identification that others of the sender have as well tells no copy", "[flow]") {
  const Bytes ping = frame_of(segment_of("ping"), 1);
  const Bytes pong = frame_of(segment_of("pong"), 1);
  const auto original = [&](int time, const Bytes& between) {
    const std::vector<Packet> before = {packet_of(ping), packet_of(between)};
    return find_original(before, packet_of(ping, time));
  };
  CHECK_FALSE(original(1'000, pong));
  CHECK_FALSE(original(1, pong));
  CHECK(original(1'000, frame_of(segment_of("pong"), 2)) == 0U);
  const std::vector<Packet> adjacent = {packet_of(pong), packet_of(ping)};
  CHECK(find_original(adjacent, packet_of(ping, 20)) == 1U);
  CHECK_FALSE(find_original(adjacent, packet_of(ping, 21)));
  CHECK(find_original(adjacent, packet_of(with_tag(ping, 10), 1'000)) == 1U);
}

TEST_CASE("copies are in no conversation, and told", "[flow]") {
  PacketStore sent;
  TestConversation tcp(sent, endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:80"));
  tcp.handshake();
  tcp.client("ping");
  PacketStore store;
  std::vector<Bytes> frames;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const RawPacket packet = sent.at(i);
    frames.emplace_back(packet.bytes.begin(), packet.bytes.end());
    frames.back()[kEthernetSize + 5] = static_cast<std::uint8_t>(i + 1);
    RawPacket twice = packet;
    twice.bytes = frames.back();
    store.append(twice);
    store.append(twice);
  }
  const std::vector<Packet> packets = store.decode_all();
  const Conversations sorted = build_conversations(packets, 80, 0);
  REQUIRE(sorted.tcp.size() == 1);
  CHECK(sorted.tcp[0].segments.size() == 4);
  CHECK(sorted.copies == std::vector<CapturedCopy>{{1, 0}, {3, 2}, {5, 4}, {7, 6}});
  CHECK(sorted.others.empty());
}

TEST_CASE("what is in a damaged datagram is known by its identification alone", "[flow]") {
  TestDatagram datagram;
  datagram.from = endpoint("10.0.0.1:5000");
  datagram.to = endpoint("10.0.0.2:80");
  datagram.payload = "ping";
  const auto frame_with = [&](std::uint8_t identification) {
    Bytes frame = build_frame(datagram);
    frame[kEthernetSize + 5] = identification;
    return frame;
  };
  const Bytes without = frame_with(0);
  const Bytes first = frame_with(7);
  const Bytes second = frame_with(8);
  CHECK(carries_the_same(packet_of(first), packet_of(first)));
  CHECK_FALSE(carries_the_same(packet_of(first), packet_of(second)));
  CHECK_FALSE(carries_the_same(packet_of(without), packet_of(without)));
  datagram.payload = "pings";
  const Bytes longer = frame_with(7);
  CHECK_FALSE(carries_the_same(packet_of(first), packet_of(longer)));
}

TEST_CASE("what stands behind an end and a new SYN repeats nothing", "[flow]") {
  TestSegment open = segment_of("");
  open.flags = tcp_flag::kSyn;
  TestSegment reset = segment_of("");
  reset.flags = tcp_flag::kRst;
  const Bytes syn = frame_of(open, 2);
  const Bytes data = frame_of(segment_of("ping"), 3);
  const Bytes end = frame_of(reset, 4);
  const auto is_copy = [](const std::vector<Bytes>& before, const Bytes& later) {
    std::vector<Packet> packets;
    for (const Bytes& frame : before) packets.push_back(packet_of(frame));
    return find_original(packets, packet_of(later, 1)).has_value();
  };
  CHECK_FALSE(is_copy({syn, data, end}, syn));
  CHECK_FALSE(is_copy({syn, data, end, syn}, data));
  CHECK(is_copy({syn, data}, syn));
  CHECK(is_copy({syn, data, end}, data));
  CHECK(is_copy({syn, data, end}, with_tag(syn, 7)));
  TestSegment other = reset;
  other.from.port = 5001;
  CHECK(is_copy({syn, data, frame_of(other, 4)}, syn));
}

}  // namespace wireproof
