#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "base/text/address.h"
#include "base/text/bytes.h"
#include "base/text/time.h"
#include "packets/wire/defect.h"
#include "packets/wire/packet_fate.h"

namespace wireproof {

// What the first bytes of a captured packet are: a number of
// https://www.tcpdump.org/linktypes.html. Those without a name here are not read.
enum class LinkType : std::uint16_t {
  bsd_null = 0,  // address family in the byte order of the capturing host
  ethernet = 1,
  ppp = 9,
  raw_ip = 101,
  bsd_loop = 108,  // address family in network byte order
  linux_cooked_v1 = 113,
  linux_cooked_v2 = 276,
};

// The ids of a packet's VLAN tags (IEEE 802.1Q §9.6), 12 bits each, the innermost one lowest; 0:
// none. A tag with the id 0 has a priority alone. Of more than two the inner two are kept.
using VlanPath = std::uint32_t;
constexpr VlanPath kVlanPathMask = 0xffffff;

// A packet as it was captured. `bytes` is a view: the packet source or store says for how long.
struct RawPacket {
  Timestamp time{};
  std::uint32_t original_size = 0;  // on the wire; bytes.size() may be smaller (snaplen)
  LinkType link = LinkType::ethernet;
  ByteView bytes;
  bool has_time = true;  // where the file has none, `time` is that of the packet before
  PacketFate fate = PacketFate::arrived;
  bool has_fate = false;  // a path of wireproof's own carried it, and says what became of it
};

// TCP flag bits of RFC 9293 §3.1 and RFC 3168 §6.1.
namespace tcp_flag {
constexpr std::uint16_t kFin = 0x001;
constexpr std::uint16_t kSyn = 0x002;
constexpr std::uint16_t kRst = 0x004;
constexpr std::uint16_t kPsh = 0x008;
constexpr std::uint16_t kAck = 0x010;
constexpr std::uint16_t kUrg = 0x020;
constexpr std::uint16_t kEce = 0x040;
constexpr std::uint16_t kCwr = 0x080;
constexpr std::uint16_t kAe = 0x100;  // formerly NS
}  // namespace tcp_flag

// RFC 9293 §3.1. Integers in host byte order; `options` views the packet's bytes. Where the capture
// cut the header off behind its window, what is missing is 0, and of the options there is a part.
struct TcpHeader {
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  std::uint16_t flags = 0;
  std::uint16_t window = 0;  // as sent, not scaled
  std::uint16_t checksum = 0;
  std::uint16_t urgent_pointer = 0;
  ByteView options;
};

// A SYN without ACK asks for a connection (RFC 9293 §3.5).
constexpr bool is_opening_syn(const TcpHeader& header) {
  return (header.flags & (tcp_flag::kSyn | tcp_flag::kAck)) == tcp_flag::kSyn;
}

// RFC 768.
struct UdpHeader {
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint16_t length = 0;  // header and data, as the header says
  std::uint16_t checksum = 0;
};

// What TCP and UDP begin with: all that is known where the capture cut the header off behind it.
struct TransportPorts {
  std::uint16_t source = 0;
  std::uint16_t destination = 0;

  bool operator==(const TransportPorts&) const = default;
};

// RFC 792 and RFC 4443; `payload` of the packet is what follows the first 8 bytes.
struct IcmpHeader {
  bool is_v6 = false;
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::uint32_t rest = 0;  // bytes 4–7, big-endian
};

struct IpInfo {
  IpAddress source;
  IpAddress destination;
  std::uint8_t protocol = 0;   // the transport's number, after IPv6 extension headers
  std::uint8_t hop_limit = 0;  // TTL in IPv4
  std::uint16_t fragment_offset_bytes = 0;
  bool more_fragments = false;
  std::uint32_t identification = 0;
  ByteView fragment_bytes;  // of a fragment: what was captured of its part of the IP payload

  bool is_fragment() const { return more_fragments || fragment_offset_bytes != 0; }
};

// A decoded packet. It views the bytes of its RawPacket and owns nothing; decoding allocates
// nothing, never throws and never drops a packet.
struct Packet {
  // Not defaulted: that would make a constant, and g++ clears all of a struct before it becomes
  // one. What an optional without a value has room for needs no clearing, for each packet.
  Packet() {}  // NOLINT(modernize-use-equals-default)
  RawPacket raw;
  std::uint16_t ether_type = 0;  // of the network layer, 0 when there is none
  VlanPath vlan = 0;
  std::optional<IpInfo> ip;
  std::variant<std::monostate, TcpHeader, UdpHeader, IcmpHeader, TransportPorts> transport;
  ByteView payload;                // of the transport (or of IP without one): what was captured
  std::uint32_t payload_size = 0;  // on the wire, from the length fields; may exceed payload.size()
  std::optional<Defect> defect;

  const TcpHeader* tcp() const { return std::get_if<TcpHeader>(&transport); }
  const UdpHeader* udp() const { return std::get_if<UdpHeader>(&transport); }
  const IcmpHeader* icmp() const { return std::get_if<IcmpHeader>(&transport); }
  // Of TCP or UDP; nothing where there is neither.
  std::optional<TransportPorts> ports() const {
    if (tcp() != nullptr) return TransportPorts{tcp()->source_port, tcp()->destination_port};
    if (udp() != nullptr) return TransportPorts{udp()->source_port, udp()->destination_port};
    const auto* const cut = std::get_if<TransportPorts>(&transport);
    return cut == nullptr ? std::nullopt : std::optional<TransportPorts>(*cut);
  }
  bool is_unsupported() const { return defect && defect->kind == DefectKind::unsupported; }
  bool has_cut_header() const { return defect && defect->kind == DefectKind::cut_off; }
  // Whether the capture has less of the packet than was sent: a header or the payload is cut.
  bool is_cut() const { return has_cut_header() || payload.size() < payload_size; }
};

Packet decode_packet(const RawPacket& raw);

// The packet that was sent in fragments. `later` is one of them, but not the first one (RFC 8200
// §4.5: only those say surely what `ip_payload`, which is all of it, begins with). The offset of a
// defect counts from there.
Packet decode_whole_packet(const Packet& later, ByteView ip_payload);

// Owns captured packets, in the order of their arrival, in one growing block of bytes.
class PacketStore {
 public:
  void append(const RawPacket& packet);  // copies the bytes
  std::size_t size() const { return entries_.size(); }
  std::size_t byte_count() const { return bytes_.size(); }
  // `index` from 0; and all of them decoded. The views are good until the next append().
  RawPacket at(std::size_t index) const;
  std::vector<Packet> decode_all() const;
  void set_fate(std::size_t index, PacketFate fate) { entries_.at(index).fate = fate; }

 private:
  struct Entry {
    Timestamp time{};
    std::uint32_t original_size = 0;
    LinkType link = LinkType::ethernet;
    bool has_time = true;
    PacketFate fate = PacketFate::arrived;
    bool has_fate = false;
    std::size_t begin = 0;
    std::size_t size = 0;
  };

  std::vector<Entry> entries_;
  Bytes bytes_;
};

}  // namespace wireproof
