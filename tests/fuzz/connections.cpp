#include <algorithm>
#include <numeric>
#include <vector>

#include "fuzz/targets.h"
#include "packets/flow/connection_watch.h"
#include "packets/flow/tcp_connection.h"
#include "support/packet_builder.h"

// A capture of small packets: eight bytes of the input make one.
namespace wireproof {
namespace {

constexpr std::size_t kPacketBytes = 8;
constexpr std::uint16_t kServerPort = 80;

// Numbers near to each other, a window apart, and anywhere.
std::uint32_t spread(std::uint32_t base, std::uint8_t delta, unsigned scale) {
  constexpr std::uint32_t kScales[] = {1, 16, 1460, 1U << 25U};
  return base + static_cast<std::uint32_t>(static_cast<std::int8_t>(delta)) * kScales[scale];
}

class CaptureBuilder {
 public:
  void append_packet(ByteView code) {
    const std::uint8_t form = code[0];
    time_ += std::chrono::milliseconds(code[7] < 128 ? code[7] : (code[7] - 127) * 1000);
    const auto client_port = static_cast<std::uint16_t>(5000 + ((form >> 1U) & 1U));
    client_.port = client_port;
    const bool by_client = (form & 1U) == 0;
    const Endpoint& from = by_client ? client_ : server_;
    const Endpoint& to = by_client ? server_ : client_;
    const std::string payload(code[5] < 200 ? code[5] % 16U : code[5] * 8U,
                              static_cast<char>('a' + code[6] % 4));
    const unsigned kind = form >> 5U;
    if (kind == 7 && store_.size() != 0) {
      repeat_last(code);
    } else if (kind == 6) {
      const TestDatagram datagram{time_, from, to, payload};
      if ((code[1] & 1U) != 0) {
        append_port_unreachable(store_, datagram);
      } else {
        append(store_, datagram);
      }
    } else {
      append_segment(code, from, to, payload);
    }
  }

  const PacketStore& store() const { return store_; }

 private:
  void append_segment(ByteView code, const Endpoint& from, const Endpoint& to,
                      std::string_view payload) {
    const unsigned scale = (code[0] >> 3U) & 3U;
    const bool by_client = (code[0] & 1U) == 0;
    TestSegment segment;
    segment.time = time_;
    segment.from = from;
    segment.to = to;
    segment.flags = code[1];
    segment.sequence = spread(by_client ? 1000U : 0xffffff00U, code[2], scale);
    segment.acknowledgement = spread(by_client ? 0xffffff00U : 1000U, code[3], scale);
    segment.window = static_cast<std::uint16_t>(code[4] * 16U);
    segment.payload = payload;
    if ((code[1] & tcp_flag::kSyn) != 0 && (code[6] & 16U) != 0) segment.options = syn_options();
    append(store_, segment);
  }

  // The last frame once more, cut in the capture, or with a byte that is another one.
  void repeat_last(ByteView code) {
    const RawPacket last = store_.at(store_.size() - 1);
    Bytes bytes(last.bytes.begin(), last.bytes.end());
    RawPacket again = last;
    again.time = kTestStart + time_;
    if ((code[1] & 1U) != 0) bytes[code[2] % bytes.size()] = code[3];
    if ((code[1] & 2U) != 0) bytes.resize(code[4] % (bytes.size() + 1));
    again.bytes = bytes;
    if (bytes.empty()) return;
    store_.append(again);
  }

  PacketStore store_;
  Duration time_{};
  Endpoint client_ = endpoint("10.0.0.1:5000");
  Endpoint server_ = endpoint("10.0.0.2:80");
};

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
  std::ranges::sort(packets);
  std::vector<std::size_t> all(count);
  std::iota(all.begin(), all.end(), std::size_t{0});
  promise(packets == all, "every packet has one place");
}

}  // namespace

void fuzz_connections(ByteView input) {
  CaptureBuilder builder;
  for (; input.size() >= kPacketBytes; input = input.subspan(kPacketBytes)) {
    builder.append_packet(input.first(kPacketBytes));
  }
  const std::vector<Packet> packets = builder.store().decode_all();
  check_conversations(build_conversations(packets, kServerPort, kServerPort), packets.size());
  check_conversations(build_conversations(packets, 0, 0), packets.size());
  ConnectionWatch watch(0);
  for (const Packet& packet : packets) watch.see(packet);
}

}  // namespace wireproof
