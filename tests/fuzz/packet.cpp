#include <algorithm>
#include <array>

#include "fuzz/targets.h"
#include "packets/wire/packet.h"
#include "packets/wire/summary.h"

// One packet: its link type (by the first byte), how many bytes the capture cut off (the second),
// and its bytes.
namespace wireproof {
namespace {

constexpr std::array kLinks{
    LinkType::ethernet,        LinkType::bsd_null, LinkType::ppp,
    LinkType::raw_ip,          LinkType::bsd_loop, LinkType::linux_cooked_v1,
    LinkType::linux_cooked_v2, LinkType{147}};

bool is_inside(ByteView part, ByteView whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_packet(const Packet& packet, ByteView bytes) {
  promise(is_inside(packet.payload, bytes), "the payload is a part of the packet");
  promise(packet.payload.size() <= packet.payload_size, "no more is captured than was sent");
  if (packet.ip) promise(is_inside(packet.ip->fragment_bytes, bytes), "so is a fragment");
  if (packet.tcp() != nullptr) promise(is_inside(packet.tcp()->options, bytes), "so are options");
  const std::string summary = render_summary(packet, {});
  promise(std::ranges::all_of(summary, [](char c) { return ' ' <= c && c <= '~' && c != '"'; }),
          "a summary is ASCII without quotes");
}

}  // namespace

void fuzz_packet(ByteView input) {
  if (input.size() < 2) return;
  const ByteView bytes = input.subspan(2);
  RawPacket raw;
  raw.link = kLinks[input[0] % kLinks.size()];
  raw.bytes = bytes;
  raw.original_size = static_cast<std::uint32_t>(bytes.size()) + input[1];
  const Packet packet = decode_packet(raw);
  check_packet(packet, bytes);
  if (packet.defect) {
    promise(packet.defect->offset <= raw.original_size, "a defect is inside of its packet");
  }
  if (packet.ip && packet.ip->is_fragment()) {
    check_packet(decode_whole_packet(packet, packet.ip->fragment_bytes), bytes);
  }
}

}  // namespace wireproof
