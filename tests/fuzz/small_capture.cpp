#include "fuzz/small_capture.h"

#include <string>

#include "support/packet_builder.h"

namespace wireproof {
namespace {

constexpr std::size_t kPacketBytes = 8;

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

  PacketStore take() { return std::move(store_); }

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
  Endpoint server_ = {endpoint("10.0.0.2:1").address, kSmallCapturePort};
};

}  // namespace

PacketStore small_capture(ByteView code) {
  CaptureBuilder builder;
  for (; code.size() >= kPacketBytes; code = code.subspan(kPacketBytes)) {
    builder.append_packet(code.first(kPacketBytes));
  }
  return builder.take();
}

}  // namespace wireproof
