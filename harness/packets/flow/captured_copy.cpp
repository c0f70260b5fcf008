#include "packets/flow/captured_copy.h"

#include <algorithm>
#include <chrono>

#include "packets/flow/connection_numbers.h"

namespace wireproof {
namespace {

constexpr Duration kMostApart = std::chrono::milliseconds(10);

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

}  // namespace

bool is_captured_copy(const Packet& earlier, const Packet& later) {
  if (!earlier.ip || !later.ip) return false;
  const IpInfo& a = *earlier.ip;
  const IpInfo& b = *later.ip;
  if (a.identification != b.identification || a.source != b.source ||
      a.destination != b.destination) {
    return false;
  }
  if (later.raw.time - earlier.raw.time > kMostApart) return false;
  if (a.is_fragment() != b.is_fragment()) return false;
  // IPv6 has an identification where there are fragments.
  const bool is_counted =
      a.identification != 0 && (a.source.version == IpVersion::v4 || a.is_fragment());
  if (!is_counted && !is_framed_otherwise(earlier, later)) return false;
  if (a.is_fragment()) return is_same_fragment(a, b);
  return earlier.payload_size == later.payload_size && has_same_transport(earlier, later) &&
         std::ranges::equal(earlier.payload, later.payload);
}

bool carries_the_same(const Packet& damaged, const Packet& good) {
  if (!good.ip || damaged.ip->is_fragment() || good.ip->is_fragment()) return false;
  if (damaged.ports() != good.ports() || damaged.vlan != good.vlan) return false;
  if (damaged.ip->source != good.ip->source || damaged.ip->destination != good.ip->destination) {
    return false;
  }
  if (damaged.udp() != nullptr && good.udp() != nullptr) {
    return damaged.payload_size == good.payload_size;
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
