#include "packets/wire/link.h"

#include <algorithm>
#include <array>
#include <utility>

namespace wireproof {
namespace {

// https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and …_SLL2.html
constexpr std::uint32_t kCookedV1Size = 16;
constexpr std::uint32_t kCookedV1ProtocolOffset = 14;
constexpr std::uint32_t kCookedV2Size = 20;
constexpr std::uint32_t kFamilySize = 4;

LinkHeader link_defect(std::uint32_t offset, std::string_view reason,
                       DefectKind kind = DefectKind::malformed) {
  LinkHeader link;
  link.defect = Defect{Layer::link, offset, reason, kind};
  return link;
}

void set_unsupported(LinkHeader& link, std::uint32_t offset, Registry registry,
                     std::uint32_t number) {
  link.ether_type = 0;
  link.defect = Defect{Layer::link, offset, {}, DefectKind::unsupported, registry, number};
}

LinkHeader cut_off(std::string_view reason) {
  return link_defect(0, reason, DefectKind::cut_off);
}

bool is_vlan(std::uint16_t type) {
  return type == ether_type::kVlan || type == ether_type::kProvider || type == ether_type::kOldQinQ;
}

// Steps over the tags that follow a link header of `link.size` bytes with `link.ether_type`.
void skip_vlan_tags(LinkHeader& link, ByteView bytes) {
  while (is_vlan(link.ether_type)) {
    const HeaderResult<VlanTag> tag = read_vlan_tag(bytes.subspan(link.size));
    if (!tag) {
      link.ether_type = 0;
      link.defect =
          Defect{Layer::vlan, link.size + tag.error().offset, tag.error().reason, tag.error().kind};
      return;
    }
    if (tag->id != 0) link.vlan = (link.vlan << 12 | tag->id) & kVlanPathMask;
    link.ether_type = tag->type;
    link.size += kVlanTagSize;
  }
}

// RFC 1661 §2: the protocol, of which RFC 1662 §2 allows one byte; it may stand behind an address
// and a control field.
void skip_ppp(LinkHeader& link, ByteView bytes) {
  ByteReader reader(bytes.subspan(link.size));
  constexpr std::array<std::uint8_t, 2> kAddressAndControl = {0xff, 0x03};
  const ByteView start = reader.rest();
  if (start.size() >= 2 &&
      std::equal(start.begin(), start.begin() + 2, kAddressAndControl.begin())) {
    reader.skip(2);
  }
  std::uint32_t protocol = reader.read_u8();
  if ((protocol & 1) == 0) protocol = protocol << 8 | reader.read_u8();
  if (reader.failed()) {
    link.ether_type = 0;
    link.defect = Defect{Layer::link, link.size, "ppp header is cut off", DefectKind::cut_off};
    return;
  }
  const auto offset = link.size;
  link.size += static_cast<std::uint32_t>(start.size() - reader.rest().size());
  constexpr std::uint32_t kPppIpv4 = 0x0021;
  constexpr std::uint32_t kPppIpv6 = 0x0057;
  if (protocol != kPppIpv4 && protocol != kPppIpv6) {
    return set_unsupported(link, offset, Registry::ppp_protocol, protocol);
  }
  link.ether_type = protocol == kPppIpv4 ? ether_type::kIpv4 : ether_type::kIpv6;
}

// RFC 2516 §4: version and type, code, session, length.
void skip_pppoe(LinkHeader& link, ByteView bytes) {
  constexpr std::uint32_t kSize = 6;
  if (bytes.size() - link.size < kSize) {
    link.ether_type = 0;
    link.defect = Defect{Layer::link, link.size, "pppoe header is cut off", DefectKind::cut_off};
    return;
  }
  link.size += kSize;
  skip_ppp(link, bytes);
}

// RFC 3032 §2.1: four bytes for each label, the last one marked. What follows has no number: IP is
// told by its version, which nothing else may begin with (RFC 4928 §3).
void skip_mpls(LinkHeader& link, ByteView bytes) {
  constexpr std::uint32_t kLabelSize = 4;
  const std::uint16_t type = std::exchange(link.ether_type, std::uint16_t{0});
  bool is_last = false;
  while (!is_last) {
    if (bytes.size() - link.size < kLabelSize) {
      link.defect = Defect{Layer::link, link.size, "mpls label is cut off", DefectKind::cut_off};
      return;
    }
    is_last = (bytes[link.size + 2] & 1) != 0;
    link.size += kLabelSize;
  }
  if (bytes.size() == link.size) {
    link.defect =
        Defect{Layer::link, link.size, "nothing behind the mpls label", DefectKind::cut_off};
    return;
  }
  const int version = bytes[link.size] >> 4;
  if (version == 4) link.ether_type = ether_type::kIpv4;
  if (version == 6) link.ether_type = ether_type::kIpv6;
  if (link.ether_type == 0) set_unsupported(link, link.size, Registry::ether_type, type);
}

// Steps over what stands between a link header and the network layer.
void skip_to_network(LinkHeader& link, ByteView bytes) {
  if (link.ether_type == ether_type::kIpv4) return;  // the usual case
  if (is_vlan(link.ether_type)) skip_vlan_tags(link, bytes);
  if (link.ether_type == ether_type::kPppoeSession) skip_pppoe(link, bytes);
  const bool has_labels =
      link.ether_type == ether_type::kMpls || link.ether_type == ether_type::kMplsUpstream;
  if (has_labels) skip_mpls(link, bytes);
}

// IEEE 802.2 with SNAP (RFC 1042) carries an EtherType behind eight bytes; other LLC frames have
// no network layer that is read here.
void skip_llc(LinkHeader& link, ByteView bytes) {
  constexpr std::array<std::uint8_t, 6> kSnap = {0xaa, 0xaa, 0x03, 0x00, 0x00, 0x00};
  constexpr std::uint32_t kSnapSize = 8;
  const ByteView rest = bytes.subspan(link.size);
  link.ether_type = 0;
  const std::size_t compared = std::min(rest.size(), kSnap.size());
  if (rest.empty() || !std::equal(kSnap.begin(), kSnap.begin() + compared, rest.begin())) {
    const std::uint32_t number = rest.empty() ? 0 : rest[0];
    return set_unsupported(link, link.size, Registry::llc, number);
  }
  if (rest.size() < kSnapSize) {
    link.defect = Defect{Layer::link, link.size, "llc header is cut off", DefectKind::cut_off};
    return;
  }
  link.ether_type = static_cast<std::uint16_t>((rest[6] << 8) | rest[7]);
  link.size += kSnapSize;
  skip_to_network(link, bytes);
}

LinkHeader read_ethernet_link(ByteView bytes) {
  LinkHeader link;  // filled where it is returned, not copied
  if (bytes.size() < kEthernetHeaderSize) {
    link.defect = Defect{Layer::link, 0, "ethernet header is cut off", DefectKind::cut_off};
    return link;
  }
  // The addresses in front say nothing about what follows.
  link.ether_type = static_cast<std::uint16_t>((bytes[12] << 8) | bytes[13]);
  link.size = kEthernetHeaderSize;
  skip_to_network(link, bytes);
  if (!link.defect && link.ether_type <= kMaxLlcLength) skip_llc(link, bytes);
  return link;
}

LinkHeader read_cooked(ByteView bytes, std::uint32_t size, std::uint32_t protocol_offset) {
  if (bytes.size() < size) return cut_off("linux cooked header is cut off");
  ByteReader reader(bytes);
  reader.skip(protocol_offset);
  LinkHeader link;
  link.ether_type = reader.read_u16();
  link.size = size;
  skip_to_network(link, bytes);
  return link;
}

// The version decides, as there is nothing else (LINKTYPE_RAW).
LinkHeader read_raw_ip(ByteView bytes) {
  if (bytes.empty()) return cut_off("packet is empty");
  LinkHeader link;
  const int version = bytes[0] >> 4;
  if (version == 4) link.ether_type = ether_type::kIpv4;
  if (version == 6) link.ether_type = ether_type::kIpv6;
  if (link.ether_type == 0) return link_defect(0, "neither ip version 4 nor 6");
  return link;
}

// https://www.tcpdump.org/linktypes.html, LINKTYPE_NULL: IPv6 is 24, 28 or 30 by system.
std::uint16_t ether_type_of_family(std::uint32_t family) {
  if (family == 2) return ether_type::kIpv4;
  return family == 24 || family == 28 || family == 30 ? ether_type::kIpv6 : std::uint16_t{0};
}

LinkHeader read_family(ByteView bytes, bool either_order) {
  if (bytes.size() < kFamilySize) return cut_off("address family is cut off");
  LinkHeader link;
  link.size = kFamilySize;
  link.ether_type = ether_type_of_family(ByteReader(bytes).read_u32());
  if (link.ether_type == 0 && either_order) {
    link.ether_type = ether_type_of_family(ByteReader(bytes).read_u32_le());
  }
  if (link.ether_type == 0) {
    const std::uint32_t family = ByteReader(bytes).read_u32();
    const std::uint32_t swapped = ByteReader(bytes).read_u32_le();
    set_unsupported(link, 0, Registry::address_family,
                    either_order ? std::min(family, swapped) : family);
  }
  return link;
}

}  // namespace

LinkHeader read_link(LinkType link, ByteView bytes) {
  switch (link) {
    case LinkType::ethernet:
      return read_ethernet_link(bytes);
    case LinkType::linux_cooked_v1:
      return read_cooked(bytes, kCookedV1Size, kCookedV1ProtocolOffset);
    case LinkType::linux_cooked_v2:
      return read_cooked(bytes, kCookedV2Size, 0);
    case LinkType::raw_ip:
      return read_raw_ip(bytes);
    case LinkType::bsd_null:
      return read_family(bytes, true);
    case LinkType::bsd_loop:
      return read_family(bytes, false);
    case LinkType::ppp: {
      LinkHeader header;
      skip_ppp(header, bytes);
      return header;
    }
  }
  LinkHeader unread;
  set_unsupported(unread, 0, Registry::link_type, static_cast<std::uint32_t>(link));
  return unread;
}

HeaderResult<VlanTag> read_vlan_tag(ByteView bytes) {
  if (bytes.size() < kVlanTagSize) return header_cut_off(0, "vlan tag is cut off");
  ByteReader reader(bytes);
  const std::uint16_t control = reader.read_u16();
  VlanTag tag;
  tag.priority = static_cast<std::uint8_t>(control >> 13);
  tag.drop_eligible = (control & 0x1000) != 0;
  tag.id = control & 0x0fff;
  tag.type = reader.read_u16();
  return tag;
}

}  // namespace wireproof
