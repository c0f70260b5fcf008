#pragma once

#include <cstdint>
#include <optional>

#include "base/text/bytes.h"
#include "packets/wire/header_result.h"
#include "packets/wire/packet.h"

namespace wireproof {

// Registered at https://www.iana.org/assignments/ieee-802-numbers (EtherType).
namespace ether_type {
constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kArp = 0x0806;
constexpr std::uint16_t kVlan = 0x8100;      // IEEE 802.1Q
constexpr std::uint16_t kProvider = 0x88a8;  // IEEE 802.1ad
constexpr std::uint16_t kOldQinQ = 0x9100;   // before 802.1ad had a number of its own
constexpr std::uint16_t kIpv6 = 0x86dd;
constexpr std::uint16_t kPppoeSession = 0x8864;  // RFC 2516 §4
constexpr std::uint16_t kMpls = 0x8847;          // RFC 5332 §4
constexpr std::uint16_t kMplsUpstream = 0x8848;  // the same
}  // namespace ether_type

// IEEE 802.3 clause 3. A type of at most 1500 is the length of an LLC frame.
constexpr std::size_t kEthernetHeaderSize = 14;
constexpr std::uint16_t kMaxLlcLength = 1500;

// IEEE 802.1Q clause 9: what follows the type 0x8100 or 0x88a8.
struct VlanTag {
  std::uint8_t priority = 0;  // PCP, 3 bits
  bool drop_eligible = false;
  std::uint16_t id = 0;    // 12 bits
  std::uint16_t type = 0;  // of what follows

  bool operator==(const VlanTag&) const = default;
};
constexpr std::size_t kVlanTagSize = 4;

HeaderResult<VlanTag> read_vlan_tag(ByteView bytes);

// What the link layer, VLAN tags included, says about the bytes behind it.
struct LinkHeader {
  LinkHeader() {}  // NOLINT(modernize-use-equals-default): as of a Packet, nothing is cleared

  std::uint16_t ether_type = 0;  // 0: no network layer that has a number
  VlanPath vlan = 0;
  std::uint32_t size = 0;  // the network layer begins here
  std::optional<Defect> defect;

  bool operator==(const LinkHeader&) const = default;
};

// Reads any supported link type; a defect keeps what was good before it.
LinkHeader read_link(LinkType link, ByteView bytes);

}  // namespace wireproof
