#include "packets/flow/fragments.h"

#include "catch.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

constexpr std::size_t kHead = 34;  // Ethernet and IPv4 without options
const Endpoint kClient = endpoint("10.0.0.1:5000");
const Endpoint kServer = endpoint("10.0.0.2:80");

// The frame's IP payload from `begin` on, at most `size` bytes, as a fragment.
Bytes fragment_of(const Bytes& frame, std::size_t begin, std::size_t size) {
  const std::size_t end = std::min(frame.size() - kHead, begin + size);
  Bytes bytes = frame;
  bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(kHead + end), bytes.end());
  bytes.erase(bytes.begin() + kHead, bytes.begin() + static_cast<std::ptrdiff_t>(kHead + begin));
  const std::size_t length = bytes.size() - 14;
  bytes[16] = static_cast<std::uint8_t>(length >> 8);
  bytes[17] = static_cast<std::uint8_t>(length);
  const std::size_t more = end == frame.size() - kHead ? 0 : 0x2000;
  const std::size_t flags = more | begin / 8;
  bytes[20] = static_cast<std::uint8_t>(flags >> 8);
  bytes[21] = static_cast<std::uint8_t>(flags);
  return bytes;
}

}  // namespace

TEST_CASE("a datagram in fragments becomes whole, whatever their order", "[flow]") {
  const std::string text(3000, 'x');
  const Bytes frame = build_frame(TestDatagram{{}, kClient, kServer, text});
  const std::vector<std::vector<std::size_t>> orders{{0, 1, 2}, {2, 0, 1}};
  for (const std::vector<std::size_t>& order : orders) {
    PacketStore packets;
    for (const std::size_t part : order) {
      append_frame(packets, {}, fragment_of(frame, part * 1480, 1480));
    }
    append(packets, TestDatagram{{}, kServer, kClient, "answer"});
    CHECK(count_fragments(packets) == 3);
    const PacketStore whole = join_fragments(packets);
    REQUIRE(whole.size() == 2);
    CHECK(count_fragments(whole) == 0);
    const std::vector<Packet> decoded = whole.decode_all();
    REQUIRE(decoded[0].udp() != nullptr);
    CHECK(decoded[0].udp()->source_port == 5000);
    CHECK(decoded[0].payload_size == 3000);
    CHECK(as_text(decoded[0].payload) == text);
  }
}

TEST_CASE("fragments of a datagram that is not whole stay what they are", "[flow]") {
  const Bytes frame = build_frame(TestDatagram{{}, kClient, kServer, std::string(3000, 'x')});
  PacketStore packets;
  append_frame(packets, {}, fragment_of(frame, 0, 1480));
  append_frame(packets, {}, fragment_of(frame, 2960, 1480));
  CHECK(join_fragments(packets).size() == 2);
  CHECK(count_fragments(join_fragments(packets)) == 2);
}

}  // namespace wireproof
