#include "packets/flow/captured_copy.h"

#include <algorithm>
#include <chrono>

#include "base/text/time.h"
#include "packets/flow/connection_numbers.h"

namespace wireproof {
namespace {

constexpr Duration kMostApart = std::chrono::milliseconds(10);
constexpr Duration kAtOnce = std::chrono::microseconds(20);

bool is_same(const TcpHeader& a, const TcpHeader& b) {
  return a.source_port == b.source_port && a.destination_port == b.destination_port &&
         a.sequence == b.sequence && a.acknowledgement == b.acknowledgement && a.flags == b.flags &&
         a.window == b.window && std::ranges::equal(a.options, b.options);
}

bool is_same(const UdpHeader& a, const UdpHeader& b) {
  return a.source_port == b.source_port && a.destination_port == b.destination_port &&
         a.length == b.length;
}

bool has_same_transport(const Packet& a, const Packet& b) {
  if (a.tcp() != nullptr && b.tcp() != nullptr) return is_same(*a.tcp(), *b.tcp());
  if (a.udp() != nullptr && b.udp() != nullptr) return is_same(*a.udp(), *b.udp());
  return false;
}

bool is_same_fragment(const IpInfo& a, const IpInfo& b) {
  return a.protocol == b.protocol && a.fragment_offset_bytes == b.fragment_offset_bytes &&
         a.more_fragments == b.more_fragments &&
         std::ranges::equal(a.fragment_bytes, b.fragment_bytes);
}

// The frame begins with other bytes: a tag, a direction, another station.
bool is_framed_otherwise(const Packet& a, const Packet& b) {
  constexpr std::size_t kLeastHeader = 14;  // of Ethernet
  if (a.vlan != b.vlan || a.raw.link != b.raw.link) return true;
  const bool has_frame = a.raw.link != LinkType::raw_ip;
  const ByteView first = a.raw.bytes.first(std::min(a.raw.bytes.size(), kLeastHeader));
  const ByteView second = b.raw.bytes.first(std::min(b.raw.bytes.size(), kLeastHeader));
  return has_frame && !std::ranges::equal(first, second);
}

bool has_same_ends(const IpInfo& a, const IpInfo& b) {
  return a.source == b.source && a.destination == b.destination;
}

// In either direction.
bool is_between_same_ends(const Packet& a, const Packet& b) {
  const TransportPorts ports = *b.ports();
  if (has_same_ends(*a.ip, *b.ip) && *a.ports() == ports) return true;
  return a.ip->source == b.ip->destination && a.ip->destination == b.ip->source &&
         *a.ports() == TransportPorts{ports.destination, ports.source};
}

// But for the frame around it.
bool is_equal(const Packet& a, const Packet& b) {
  if (!a.ip || !has_same_ends(*a.ip, *b.ip)) return false;
  if (a.ip->identification != b.ip->identification) return false;
  if (a.ip->is_fragment() != b.ip->is_fragment()) return false;
  if (a.ip->is_fragment()) return is_same_fragment(*a.ip, *b.ip);
  return a.payload_size == b.payload_size && has_same_transport(a, b) &&
         std::ranges::equal(a.payload, b.payload);
}

// Whether its sender gives each packet an identification of its own.
bool is_counted(std::span<const Packet> before, const Packet& packet) {
  const IpInfo& ip = *packet.ip;
  if (ip.identification == 0) return false;
  if (ip.is_fragment()) return true;  // those of one packet share it, each has a place of its own
  if (ip.source.version != IpVersion::v4) return false;
  return std::ranges::none_of(before, [&](const Packet& other) {
    return other.ip && other.ip->identification == ip.identification &&
           has_same_ends(*other.ip, ip) && !other.ip->is_fragment() && !is_equal(other, packet);
  });
}

// Whether the connection of a segment was ended and opened again behind the first of `between`, or
// is by it: then it repeats nothing, whatever is equal.
bool begins_again(std::span<const Packet> between, const Packet& segment) {
  bool has_ended = false;
  for (const Packet& packet : between) {
    if (packet.tcp() == nullptr || packet.ip->is_fragment()) continue;
    if (!is_between_same_ends(packet, segment)) continue;
    if (has_ended && is_opening_syn(*packet.tcp())) return true;
    has_ended = has_ended || (packet.tcp()->flags & (tcp_flag::kFin | tcp_flag::kRst)) != 0;
  }
  return has_ended && is_opening_syn(*segment.tcp());
}

}  // namespace

std::optional<std::size_t> find_original(std::span<const Packet> before, const Packet& later) {
  if (!later.ip) return std::nullopt;
  std::optional<bool> counted;
  for (std::size_t index = 0; index < before.size(); ++index) {
    const Packet& earlier = before[index];
    const Duration apart = time_between(earlier.raw.time, later.raw.time);
    if (apart > kMostApart || apart < -kMostApart || !is_equal(earlier, later)) continue;
    if (is_framed_otherwise(earlier, later)) return index;
    if (later.tcp() != nullptr && !later.ip->is_fragment() &&
        begins_again(before.subspan(index + 1), later)) {
      continue;
    }
    if (!counted) counted = is_counted(before, later);
    const bool is_next =
        index + 1 == before.size() && apart <= kAtOnce && later.ip->identification != 0;
    if (*counted || is_next) return index;
  }
  return std::nullopt;
}

bool carries_the_same(const Packet& damaged, const Packet& good) {
  if (!good.ip || damaged.ip->is_fragment() || good.ip->is_fragment()) return false;
  if (damaged.ports() != good.ports() || damaged.vlan != good.vlan) return false;
  if (!has_same_ends(*damaged.ip, *good.ip)) return false;
  if (damaged.udp() != nullptr && good.udp() != nullptr) {
    // Nothing of UDP numbers datagrams. Where a card computes the checksums, all of a size are
    // wrong, and one in 65,536 is right by chance.
    const std::uint32_t identification = damaged.ip->identification;
    return identification != 0 && identification == good.ip->identification &&
           damaged.payload_size == good.payload_size;
  }
  if (damaged.tcp() == nullptr || good.tcp() == nullptr) return false;
  const TcpHeader& bad = *damaged.tcp();
  const TcpHeader& right = *good.tcp();
  if (damaged.payload_size == 0) {
    return good.payload_size == 0 && bad.sequence == right.sequence && bad.flags == right.flags &&
           bad.acknowledgement == right.acknowledgement;
  }
  const std::int64_t before = sequence_distance(right.sequence, bad.sequence);
  return before >= 0 && before + damaged.payload_size <= good.payload_size;
}

}  // namespace wireproof
