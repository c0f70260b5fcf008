#include "packets/wire/packet.h"

#include <algorithm>
#include <cassert>

#include "packets/wire/ip.h"
#include "packets/wire/link.h"
#include "packets/wire/transport.h"

namespace wireproof {
namespace {

// What is left of the packet for the next layer.
struct Rest {
  std::uint32_t offset = 0;     // from the packet's first byte
  ByteView bytes;               // captured
  std::uint32_t wire_size = 0;  // at least bytes.size()

  // Without the first `size` bytes, which were captured.
  Rest behind(std::uint32_t size) const {
    return Rest{offset + size, bytes.subspan(size), wire_size - size};
  }
  // Ends where a length field says; what is beyond it is padding.
  Rest cut(std::uint32_t size) const {
    return Rest{offset, bytes.first(std::min<std::size_t>(bytes.size(), size)),
                std::min(wire_size, size)};
  }
};

// The first defect counts: later ones may only follow from it.
void set_defect(Packet& packet, Layer layer, std::uint32_t offset, std::string_view reason,
                DefectKind kind = DefectKind::malformed) {
  if (!packet.defect) packet.defect = Defect{layer, offset, reason, kind};
}

// Whether it is the capture that ends too early, and not the packet.
bool is_cut_off(const Rest& rest, const HeaderDefect& defect) {
  return defect.kind == DefectKind::cut_off && rest.bytes.size() < rest.wire_size;
}

void set_defect(Packet& packet, Layer layer, const Rest& rest, const HeaderDefect& defect) {
  set_defect(packet, layer, rest.offset + defect.offset, defect.reason,
             is_cut_off(rest, defect) ? DefectKind::cut_off : DefectKind::malformed);
}

struct Unsupported {
  Registry registry;
  std::uint32_t number;
};

void set_unsupported(Packet& packet, Layer layer, std::uint32_t offset, Unsupported what) {
  if (packet.defect) return;
  packet.defect = Defect{layer, offset, {}, DefectKind::unsupported, what.registry, what.number};
}

void set_payload(Packet& packet, const Rest& rest) {
  packet.payload = {rest.bytes.data(), rest.bytes.size()};  // two words: see decode_ipv4()
  packet.payload_size = rest.wire_size;
}

// Behind a header of so many bytes nothing was captured.
void set_missing_payload(Packet& packet, const Rest& rest, std::uint32_t header_size) {
  packet.payload = {};
  packet.payload_size = rest.wire_size - std::min(rest.wire_size, header_size);
}

void keep_ports(Packet& packet, const Rest& rest) {
  const std::optional<TransportPorts> ports = read_ports(rest.bytes);
  if (ports) packet.transport = *ports;
}

// What a header with a defect says all the same, where it is the capture's: a packet that was sent
// so is no segment.
void decode_defective_tcp(Packet& packet, const Rest& rest, const HeaderDefect& defect) {
  set_defect(packet, Layer::tcp, rest, defect);
  if (!is_cut_off(rest, defect)) return;
  if (rest.bytes.size() < kTcpCutSize) return keep_ports(packet, rest);
  const std::uint32_t size = tcp_header_size(rest.bytes);
  if (size < kTcpLeastHeaderSize || size > rest.wire_size) return keep_ports(packet, rest);
  fill_cut_tcp(packet.transport.emplace<TcpHeader>(), rest.bytes);
  set_missing_payload(packet, rest, size);
}

void decode_tcp(Packet& packet, const Rest& rest) {
  const std::optional<HeaderDefect> defect = find_tcp_defect(rest.bytes);
  if (defect) return decode_defective_tcp(packet, rest, *defect);
  TcpHeader& header = packet.transport.emplace<TcpHeader>();
  fill_tcp(header, rest.bytes);
  set_payload(packet, rest.behind(tcp_header_size(header)));
  const std::optional<std::uint32_t> bad_option = find_bad_tcp_option(header.options);
  if (bad_option) {
    set_defect(packet, Layer::tcp, rest.offset + kTcpLeastHeaderSize + *bad_option,
               "tcp option has a wrong length");
  }
}

void decode_udp(Packet& packet, const Rest& rest) {
  const HeaderResult<UdpHeader> header = read_udp(rest.bytes);
  if (!header) {
    set_defect(packet, Layer::udp, rest, header.error());
    if (!is_cut_off(rest, header.error())) return;
    keep_ports(packet, rest);
    return set_missing_payload(packet, rest, kUdpHeaderSize);
  }
  packet.transport = *header;
  const Rest data = rest.behind(kUdpHeaderSize);
  constexpr std::uint32_t kLengthOffset = 4;
  // RFC 2675 §4: a jumbogram's length field is zero, the IP header's length holds.
  const bool is_jumbogram = header->length == 0 && rest.wire_size > 0xffff;
  if (header->length < kUdpHeaderSize && !is_jumbogram) {
    set_payload(packet, data);
    return set_defect(packet, Layer::udp, rest.offset + kLengthOffset, "udp length is below 8");
  }
  if (is_jumbogram) return set_payload(packet, data);
  // The first of several fragments rightly has a length that goes beyond it.
  if (header->length > rest.wire_size && !packet.ip->more_fragments) {
    set_defect(packet, Layer::udp, rest.offset + kLengthOffset,
               "udp length is larger than the ip payload");
  }
  set_payload(packet, data.cut(header->length - kUdpHeaderSize));
}

void decode_icmp(Packet& packet, const Rest& rest, IpVersion version) {
  const HeaderResult<IcmpHeader> header = read_icmp(rest.bytes, version);
  const Layer layer = version == IpVersion::v4 ? Layer::icmp : Layer::icmpv6;
  if (!header) {
    set_defect(packet, layer, rest, header.error());
    if (rest.bytes.size() < 2 || !is_cut_off(rest, header.error())) return;
    packet.transport = IcmpHeader{version == IpVersion::v6, rest.bytes[0], rest.bytes[1], 0};
    return set_missing_payload(packet, rest, kIcmpHeaderSize);
  }
  packet.transport = *header;
  set_payload(packet, rest.behind(kIcmpHeaderSize));
}

Layer network_layer(const Packet& packet) {
  return packet.ip->source.version == IpVersion::v4 ? Layer::ipv4 : Layer::ipv6;
}

void decode_transport(Packet& packet, const Rest& rest) {
  set_payload(packet, rest);
  // Only the first fragment begins with the transport's header (RFC 791 §3.2).
  if (packet.ip->fragment_offset_bytes != 0) return;
  switch (packet.ip->protocol) {
    case ip_protocol::kTcp:
      return decode_tcp(packet, rest);
    case ip_protocol::kUdp:
      return decode_udp(packet, rest);
    case ip_protocol::kIcmp:
      return decode_icmp(packet, rest, IpVersion::v4);
    case ip_protocol::kIcmpv6:
      return decode_icmp(packet, rest, IpVersion::v6);
    case ip_protocol::kIpv4:
    case ip_protocol::kIpv6:
    case ip_protocol::kGre:
    case ip_protocol::kEncryption:
    case ip_protocol::kEtherIp:
    case ip_protocol::kL2tp:
    case ip_protocol::kMpls:
      return set_unsupported(packet, network_layer(packet), rest.offset,
                             {Registry::ip_protocol, packet.ip->protocol});
    default:
      return;
  }
}

void decode_extensions(Packet& packet, const Rest& rest, const ExtensionHeaders& headers,
                       Layer layer) {
  packet.ip->protocol = headers.protocol;
  if (headers.fragment) {
    packet.ip->fragment_bytes = rest.bytes.subspan(headers.fragment_end);
    packet.ip->fragment_offset_bytes = headers.fragment->offset_bytes;
    packet.ip->more_fragments = headers.fragment->more_fragments;
    packet.ip->identification = headers.fragment->identification;
  }
  if (headers.defect) {
    set_payload(packet, rest);
    return set_defect(packet, layer, rest, *headers.defect);
  }
  decode_transport(packet, rest.behind(headers.size));
}

void fill_ip(IpInfo& ip, const Ipv4Header& header) {
  // Four bytes just written are read as four bytes: the whole array would have to wait for them.
  std::copy_n(header.source.bytes.begin(), 4, ip.source.bytes.begin());
  std::copy_n(header.destination.bytes.begin(), 4, ip.destination.bytes.begin());
  ip.protocol = header.protocol;
  ip.hop_limit = header.ttl;
  ip.fragment_offset_bytes = header.fragment_offset_bytes;
  ip.more_fragments = header.more_fragments;
  ip.identification = header.identification;
}

// Without its options a header that was cut off still says between whom the packet went.
void decode_defective_ipv4(Packet& packet, const Rest& rest, const HeaderDefect& defect) {
  set_defect(packet, Layer::ipv4, rest, defect);
  if (!is_cut_off(rest, defect) || rest.bytes.size() < kIpv4LeastHeaderSize) return;
  const Ipv4Header header = read_ipv4_without_options(rest.bytes);
  fill_ip(packet.ip.emplace(), header);
  const std::uint32_t length = header.total_length == 0 ? rest.wire_size : header.total_length;
  set_missing_payload(packet, rest.cut(length), ipv4_header_size(rest.bytes));
}

void decode_ipv4(Packet& packet, const Rest& rest) {
  const HeaderResult<Ipv4Header> header = read_ipv4(rest.bytes);
  if (!header) return decode_defective_ipv4(packet, rest, header.error());
  IpInfo& ip = packet.ip.emplace();
  fill_ip(ip, *header);
  constexpr std::uint32_t kTotalLengthOffset = 2;
  // Captured above a card that cuts segments itself, the length is not filled in yet.
  const std::uint32_t length = header->total_length == 0 ? rest.wire_size : header->total_length;
  if (length < header->size()) {
    return set_defect(packet, Layer::ipv4, rest.offset + kTotalLengthOffset,
                      "ipv4 total length is smaller than its header");
  }
  if (length > rest.wire_size) {
    set_defect(packet, Layer::ipv4, rest.offset + kTotalLengthOffset,
               "ipv4 total length is larger than the packet");
  }
  const Rest data = rest.cut(length).behind(header->size());
  if (ip.is_fragment()) ip.fragment_bytes = data.bytes;
  if (header->protocol != ip_protocol::kAuthentication) return decode_transport(packet, data);
  decode_extensions(packet, data, read_ipv4_extensions(data.bytes, header->protocol), Layer::ipv4);
}

void decode_ipv6(Packet& packet, const Rest& rest) {
  const HeaderResult<Ipv6Header> header = read_ipv6(rest.bytes);
  if (!header) return set_defect(packet, Layer::ipv6, rest, header.error());
  packet.ip.emplace();
  packet.ip->source = header->source;
  packet.ip->destination = header->destination;
  packet.ip->hop_limit = header->hop_limit;
  packet.ip->protocol = header->next_header;

  Rest data = rest.behind(kIpv6HeaderSize);
  constexpr std::uint32_t kPayloadLengthOffset = 4;
  if (header->payload_length > data.wire_size) {
    set_defect(packet, Layer::ipv6, rest.offset + kPayloadLengthOffset,
               "ipv6 payload length is larger than the packet");
  }
  // RFC 2675 §3: zero in a jumbogram; also where a card is to cut segments.
  const bool has_length =
      header->payload_length != 0 || header->next_header == ip_protocol::kNoNextHeader;
  if (has_length) data = data.cut(header->payload_length);
  decode_extensions(packet, data, read_ipv6_extensions(data.bytes, header->next_header),
                    Layer::ipv6);
}

// The version field decides where it and the link layer disagree.
void decode_ip(Packet& packet, const Rest& rest, int expected_version) {
  const int version = rest.bytes.empty() ? expected_version : rest.bytes[0] >> 4;
  const bool is_v6 = version == 6 || (version != 4 && expected_version == 6);
  if (is_v6) return decode_ipv6(packet, rest);
  decode_ipv4(packet, rest);
}

}  // namespace

Packet decode_whole_packet(const Packet& later, ByteView ip_payload) {
  Packet packet;
  packet.raw = later.raw;
  packet.ether_type = later.ether_type;
  packet.vlan = later.vlan;
  packet.ip = later.ip;
  packet.ip->fragment_offset_bytes = 0;
  packet.ip->more_fragments = false;
  packet.ip->fragment_bytes = {};
  const Rest rest{0, ip_payload, static_cast<std::uint32_t>(ip_payload.size())};
  if (packet.ip->source.version == IpVersion::v4) {
    decode_transport(packet, rest);
  } else {
    decode_extensions(packet, rest, read_ipv6_extensions(ip_payload, packet.ip->protocol),
                      Layer::ipv6);
  }
  return packet;
}

Packet decode_packet(const RawPacket& raw) {
  Packet packet;
  packet.raw = raw;
  const LinkHeader link = read_link(raw.link, raw.bytes);
  packet.ether_type = link.ether_type;
  packet.vlan = link.vlan;
  const auto captured_size = static_cast<std::uint32_t>(raw.bytes.size());
  if (link.defect) {
    packet.defect = link.defect;
    const bool is_whole = captured_size >= raw.original_size;
    if (packet.has_cut_header() && is_whole) packet.defect->kind = DefectKind::malformed;
    return packet;
  }

  const Rest whole{0, raw.bytes, std::max(raw.original_size, captured_size)};
  const Rest network = whole.behind(link.size);
  const bool is_ipv6 = link.ether_type == ether_type::kIpv6;
  if (is_ipv6 || link.ether_type == ether_type::kIpv4) {
    decode_ip(packet, network, is_ipv6 ? 6 : 4);
  } else if (link.ether_type != ether_type::kArp) {
    set_unsupported(packet, Layer::link, link.size, {Registry::ether_type, link.ether_type});
  }
  return packet;
}

void PacketStore::append(const RawPacket& packet) {
  entries_.push_back(Entry{packet.time, packet.original_size, packet.link, packet.has_time,
                           packet.fate, packet.has_fate, bytes_.size(), packet.bytes.size()});
  bytes_.insert(bytes_.end(), packet.bytes.begin(), packet.bytes.end());
}

RawPacket PacketStore::at(std::size_t index) const {
  assert(index < entries_.size());
  const Entry& entry = entries_[index];
  const ByteView bytes = ByteView(bytes_).subspan(entry.begin, entry.size);
  return RawPacket{entry.time,     entry.original_size, entry.link,    bytes,
                   entry.has_time, entry.fate,          entry.has_fate};
}

std::vector<Packet> PacketStore::decode_all() const {
  std::vector<Packet> packets;
  packets.reserve(entries_.size());
  for (std::size_t i = 0; i < entries_.size(); ++i) packets.push_back(decode_packet(at(i)));
  return packets;
}

}  // namespace wireproof
