#pragma once

#include <cstdint>
#include <string_view>

namespace wireproof {

enum class DefectKind : std::uint8_t {
  malformed,   // the bytes are wrong, or the packet ends too early
  cut_off,     // the capture ends before the packet does (snap length)
  unsupported  // nothing is wrong, but what follows is not read here
};

// What the number of something that is not read is one of.
enum class Registry : std::uint8_t {
  none,
  link_type,
  ether_type,
  address_family,  // of BSD's loopback
  ppp_protocol,
  ip_protocol,
  llc,  // IEEE 802.2: the destination's service access point
};

enum class Layer : std::uint8_t { link, vlan, arp, ipv4, ipv6, tcp, udp, icmp, icmpv6 };

// Bytes that do not decode: the packet keeps its good layers and says where the first bad one is.
struct Defect {
  Layer layer = Layer::link;
  std::uint32_t offset = 0;  // from the packet's first byte
  std::string_view reason;   // static text, lower case
  DefectKind kind = DefectKind::malformed;
  // Of the kind `unsupported`, which has no reason: what it is that is not read.
  Registry registry = Registry::none;
  std::uint32_t number = 0;

  bool operator==(const Defect&) const = default;
};

}  // namespace wireproof
