#include <algorithm>
#include <numeric>
#include <vector>

#include "fuzz/small_capture.h"
#include "fuzz/targets.h"
#include "judge/story/capture_diff.h"
#include "packets/flow/connection_watch.h"
#include "packets/flow/tcp_connection.h"

// A small_capture().
namespace wireproof {
namespace {

void check_connection(const TcpConnection& connection) {
  std::size_t sent = 0;
  for (const Segment& segment : connection.segments) sent += segment.payload_size;
  promise(connection.client_stream.size() + connection.server_stream.size() <=
              sent + static_cast<std::size_t>(kMaxZeroBytes),
          "a stream has no more than was sent, and the zeros that are allowed");
  for (const Side side : {Side::client, Side::server}) {
    std::vector<PositionRange> bytes;
    for (const Event& event : connection.events) {
      promise(event.begin <= event.end, "an event does not end before it begins");
      promise(event.segment < connection.segments.size(), "an event has a segment");
      if (event.from != side || event.kind != EventKind::bytes) continue;
      bytes.push_back(
          {static_cast<std::int64_t>(event.begin), static_cast<std::int64_t>(event.end)});
    }
    std::ranges::sort(bytes, {}, &PositionRange::begin);
    for (std::size_t i = 1; i < bytes.size(); ++i) {
      promise(bytes[i - 1].end <= bytes[i].begin, "no byte is sent for the first time twice");
    }
  }
  for (const Hole& hole : connection.holes) promise(hole.begin < hole.end, "a hole has bytes");
  promise(!render_history(connection).empty(), "a connection has a history");
}

void check_conversations(const Conversations& found, std::size_t count) {
  std::vector<std::size_t> packets(found.others);
  for (const TcpConnection& connection : found.tcp) {
    check_connection(connection);
    for (const Segment& segment : connection.segments) packets.push_back(segment.packet);
  }
  for (const UdpExchange& exchange : found.udp) {
    for (const Datagram& datagram : exchange.datagrams) packets.push_back(datagram.packet);
  }
  for (const FragmentPart& part : found.fragments) packets.push_back(part.packet);
  for (const CapturedCopy& copy : found.copies) {
    promise(copy.first < copy.packet, "a copy comes behind what it is a copy of");
    packets.push_back(copy.packet);
  }
  for (const DamagedCopy& copy : found.damaged) packets.push_back(copy.packet);
  std::ranges::sort(packets);
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), std::size_t{0});
  promise(packets == all, "every packet has one place");
}

// Held against what two thirds of it make.
void check_differences(ByteView input, const Conversations& all) {
  const PacketStore store = small_capture(input.first(input.size() / 3 * 2));
  const std::vector<Packet> packets = store.decode_all();
  const Conversations fewer = build_conversations(packets, 0, 0);
  const CaptureDifference found = compare_captures(all, fewer);
  const CaptureDifference back = compare_captures(fewer, all);
  promise(found.conversations == back.conversations, "pairs are pairs from either side");
  promise(found.count_differing() == back.count_differing() &&
              found.count_unseen() == back.count_unseen() && found.told.size() == back.told.size(),
          "two captures differ as much from either side");
}

}  // namespace

void fuzz_connections(ByteView input) {
  const PacketStore store = small_capture(input);
  const std::vector<Packet> packets = store.decode_all();
  check_conversations(build_conversations(packets, kSmallCapturePort, kSmallCapturePort),
                      packets.size());
  const Conversations all = build_conversations(packets, 0, 0);
  check_conversations(all, packets.size());
  promise(compare_captures(all, all).count_differing() == 0,
          "a capture does not differ from itself");
  check_differences(input, all);
  ConnectionWatch watch(0);
  for (const Packet& packet : packets) watch.see(packet);
}

}  // namespace wireproof
