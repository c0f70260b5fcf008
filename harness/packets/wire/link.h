#pragma once

#include <cstdint>
#include <optional>

#include "packets/wire/packet.h"

namespace wireproof {

// What the link layer, VLAN tags included, says about the bytes behind it.
struct LinkHeader {
  std::uint16_t ether_type = 0;       // 0: no network layer that has a number
  std::optional<std::uint16_t> vlan;  // of the outermost tag
  std::uint32_t size = 0;             // the network layer begins here
  std::optional<Defect> defect;

  bool operator==(const LinkHeader&) const = default;
};

// Reads any supported link type; a defect keeps what was good before it.
LinkHeader read_link(LinkType link, ByteView bytes);

}  // namespace wireproof
