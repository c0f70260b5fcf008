#include "packets/wire/unread.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/text/text_cursor.h"
#include "base/text/words.h"

namespace wireproof {
namespace {

struct Name {
  std::uint32_t number;
  std::string_view name;
};

// https://www.tcpdump.org/linktypes.html (2024), what captures at large have.
constexpr std::array<Name, 28> kLinkTypes = {{{3, "AX.25"},
                                              {6, "Token Ring"},
                                              {7, "ARCNET"},
                                              {8, "SLIP"},
                                              {9, "PPP"},
                                              {10, "FDDI"},
                                              {51, "PPPoE"},
                                              {100, "ATM RFC 1483"},
                                              {104, "Cisco HDLC"},
                                              {105, "IEEE 802.11"},
                                              {107, "Frame Relay"},
                                              {117, "OpenBSD pflog"},
                                              {119, "Prism"},
                                              {122, "IP over Fibre Channel"},
                                              {127, "radiotap"},
                                              {138, "Apple IP over FireWire"},
                                              {147, "user 0"},
                                              {163, "AVS"},
                                              {187, "Bluetooth HCI"},
                                              {189, "USB"},
                                              {192, "PPI"},
                                              {195, "IEEE 802.15.4"},
                                              {201, "Bluetooth HCI"},
                                              {220, "USB"},
                                              {227, "CAN"},
                                              {239, "NFLOG"},
                                              {249, "USBPcap"},
                                              {258, "Apple PKTAP"}}};

// https://www.iana.org/assignments/ieee-802-numbers (2024).
constexpr std::array<Name, 24> kEtherTypes = {{{0x0842, "Wake on LAN"},
                                               {0x2000, "CDP"},
                                               {0x6002, "DEC MOP"},
                                               {0x8035, "RARP"},
                                               {0x809b, "AppleTalk"},
                                               {0x80f3, "AppleTalk ARP"},
                                               {0x8137, "IPX"},
                                               {0x8808, "Ethernet flow control"},
                                               {0x8809, "slow protocols"},
                                               {0x8847, "MPLS"},
                                               {0x8848, "MPLS multicast"},
                                               {0x8863, "PPPoE discovery"},
                                               {0x8864, "PPPoE session"},
                                               {0x888e, "IEEE 802.1X"},
                                               {0x8892, "PROFINET"},
                                               {0x88a4, "EtherCAT"},
                                               {0x88cc, "LLDP"},
                                               {0x88e5, "MACsec"},
                                               {0x88e7, "IEEE 802.1ah"},
                                               {0x88f7, "PTP"},
                                               {0x8903, "FabricPath"},
                                               {0x893f, "IEEE 802.1BR"},
                                               {0x894f, "NSH"},
                                               {0x9000, "loopback test"}}};

// https://www.iana.org/assignments/ppp-numbers (2024).
constexpr std::array<Name, 8> kPppProtocols = {{{0x8021, "IPCP"},
                                                {0x8057, "IPv6CP"},
                                                {0x80fd, "CCP"},
                                                {0xc021, "LCP"},
                                                {0xc023, "PAP"},
                                                {0xc025, "link quality"},
                                                {0xc223, "CHAP"},
                                                {0x00fd, "compressed"}}};

// https://www.iana.org/assignments/protocol-numbers (2024).
constexpr std::array<Name, 18> kIpProtocols = {{{2, "IGMP"},
                                                {4, "IPv4"},
                                                {6, "TCP"},
                                                {17, "UDP"},
                                                {33, "DCCP"},
                                                {41, "IPv6"},
                                                {46, "RSVP"},
                                                {47, "GRE"},
                                                {50, "ESP"},
                                                {88, "EIGRP"},
                                                {89, "OSPF"},
                                                {97, "EtherIP"},
                                                {103, "PIM"},
                                                {112, "VRRP"},
                                                {115, "L2TP"},
                                                {132, "SCTP"},
                                                {136, "UDP-Lite"},
                                                {137, "MPLS"}}};

// IEEE 802.2, by the destination's service access point.
constexpr std::array<Name, 5> kLlc = {
    {{0x42, "spanning tree"}, {0xaa, "SNAP"}, {0xe0, "IPX"}, {0xf0, "NetBIOS"}, {0xfe, "ISO"}}};

std::span<const Name> names_of(Registry registry) {
  switch (registry) {
    case Registry::link_type:
      return kLinkTypes;
    case Registry::ether_type:
      return kEtherTypes;
    case Registry::ppp_protocol:
      return kPppProtocols;
    case Registry::ip_protocol:
      return kIpProtocols;
    case Registry::llc:
      return kLlc;
    case Registry::address_family:
    case Registry::none:
      break;
  }
  return {};
}

std::string_view render_registry(Registry registry) {
  switch (registry) {
    case Registry::none:
      break;
    case Registry::link_type:
      return "link type ";
    case Registry::ether_type:
      return "ether type 0x";
    case Registry::address_family:
      return "address family ";
    case Registry::ppp_protocol:
      return "PPP protocol 0x";
    case Registry::ip_protocol:
      return "IP protocol ";
    case Registry::llc:
      return "LLC frame 0x";
  }
  return "";
}

bool is_hexadecimal(Registry registry) {
  return registry == Registry::ether_type || registry == Registry::ppp_protocol ||
         registry == Registry::llc;
}

}  // namespace

std::string_view registry_name(Registry registry, std::uint32_t number) {
  const std::span<const Name> names = names_of(registry);
  const auto found = std::ranges::find(names, number, &Name::number);
  return found == names.end() ? std::string_view() : found->name;
}

char* put_registered(TextCursor out, Registry registry, std::uint32_t number) {
  out.put(render_registry(registry));
  if (is_hexadecimal(registry)) {
    out.put_hex(number);
  } else {
    out.put_decimal(number);
  }
  const std::string_view name = registry_name(registry, number);
  if (!name.empty()) out.put(" (").put(name).put(')');
  return out.at();
}

char* put_reason(TextCursor out, const Defect& defect) {
  if (defect.kind != DefectKind::unsupported) return out.put(defect.reason).at();
  out.go_on(put_registered(out, defect.registry, defect.number));
  return out.put(" is not supported").at();
}

void UnreadPackets::see(const Packet& packet) {
  ++count_;
  if (!packet.is_unsupported()) {
    if (!packet.defect || packet.ip) ++read_count_;
    return;
  }
  ++unread_count_;
  if (!first_) first_ = packet.defect;
  if (first_->registry != packet.defect->registry || first_->number != packet.defect->number) {
    differ_ = true;
  }
}

std::string UnreadPackets::render() const {
  if (!first_) return "";
  const std::string reason = render_with([&](TextCursor out) { return put_reason(out, *first_); });
  const std::string all = counted(count_, "packet");
  return std::to_string(unread_count_) + " of " + all +
         (unread_count_ == 1 ? " is not read: " : " are not read: ") + reason +
         (differ_ ? ", and others" : "");
}

}  // namespace wireproof
