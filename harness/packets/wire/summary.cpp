#include "packets/wire/summary.h"

#include <algorithm>
#include <limits>

#include "base/text/text_cursor.h"
#include "packets/wire/ip.h"
#include "packets/wire/link.h"
#include "packets/wire/transport.h"
#include "packets/wire/unread.h"

namespace wireproof {
namespace {

char* put_number(TextCursor out, std::int64_t number) {
  if (number < 0) out.put('-');
  const auto magnitude = static_cast<std::uint64_t>(number < 0 ? -number : number);
  if (magnitude > std::numeric_limits<std::uint32_t>::max()) return out.put_decimal(magnitude).at();
  return out.put_decimal(static_cast<std::uint32_t>(magnitude)).at();
}

char* put_tcp_flags(TextCursor out, std::uint16_t flags) {
  switch (flags) {  // what most segments have, in one piece
    case 0:
      return out.put("[<None>]").at();
    case tcp_flag::kAck:
      return out.put("[ACK]").at();
    case tcp_flag::kPsh | tcp_flag::kAck:
      return out.put("[PSH, ACK]").at();
    default:
      break;
  }
  out.put('[');
  bool needs_comma = false;
  for (const TcpFlagName& entry : kTcpFlagNames) {
    if ((flags & entry.flag) == 0) continue;
    if (needs_comma) out.put(", ");
    out.put(entry.name);
    needs_comma = true;
  }
  return out.put(']').at();
}

// SACK edges belong to the stream that is acknowledged, so they move with the ACK number.
char* put_sack_blocks(TextCursor out, const TcpOptions& options, const TcpHeader& header,
                      std::int64_t ack) {
  const auto number = [&](std::uint32_t edge) {  // the nearest (RFC 9293 §3.4)
    return ack + static_cast<std::int32_t>(edge - header.acknowledgement);
  };
  for (std::size_t i = 0; i < options.sack_block_count; ++i) {
    out.go_on(put_number(out.put(" SLE="), number(options.sack_blocks[i].left)));
    out.go_on(put_number(out.put(" SRE="), number(options.sack_blocks[i].right)));
  }
  return out.at();
}

char* put_options(TextCursor out, const TcpHeader& header, const RelativeNumbers& numbers) {
  const TcpOptions options = read_tcp_options(header.options);
  if (options.mss) out.put(" MSS=").put_decimal(*options.mss);
  if (options.window_scale) {
    out.put(" WS=").put_decimal(std::uint32_t{1} << std::min<unsigned>(*options.window_scale, 31));
  }
  if (options.sack_permitted) out.put(" SACK_PERM");
  if (options.timestamps) {
    out.put(" TSval=").put_decimal(options.timestamps->value);
    out.put(" TSecr=").put_decimal(options.timestamps->echo_reply);
  }
  out.go_on(put_sack_blocks(out, options, header, numbers.ack));
  return out.at();
}

char* put_tcp(TextCursor out, const Packet& packet, const RelativeNumbers& numbers,
              SummaryParts parts) {
  const TcpHeader& header = *packet.tcp();
  out.go_on(put_tcp_flags(out, header.flags));
  out.go_on(put_number(out.put(" Seq="), numbers.seq));
  if ((header.flags & tcp_flag::kAck) != 0) out.go_on(put_number(out.put(" Ack="), numbers.ack));
  out.put(" Win=").put_decimal(numbers.window_bytes);
  out.put(" Len=").put_decimal(packet.payload_size);
  const bool has_options = parts == SummaryParts::all && !header.options.empty();
  if (has_options) out.go_on(put_options(out, header, numbers));
  return out.at();
}

char* put_icmp(TextCursor out, const IcmpHeader& header) {
  out.put(header.is_v6 ? "ICMPv6 " : "ICMP ");
  const std::string_view name = icmp_name(header);
  if (!name.empty()) return out.put(name).at();
  out.put("type=").put_decimal(header.type);
  return out.put(" code=").put_decimal(header.code).at();
}

std::string_view transport_name(const Packet& packet) {
  return packet.ip->protocol == ip_protocol::kTcp ? "TCP" : "UDP";
}

char* put_ip(TextCursor out, const Packet& packet) {
  const IpInfo& ip = *packet.ip;
  if (ip.is_fragment()) {
    out.put("fragment id=0x").put_hex(ip.identification);
    out.put(" offset=").put_decimal(ip.fragment_offset_bytes);
  } else {
    out.go_on(put_registered(out, Registry::ip_protocol, ip.protocol));
  }
  return out.put(" Len=").put_decimal(packet.payload_size).at();
}

char* put_body(TextCursor out, const Packet& packet, const RelativeNumbers& numbers,
               SummaryParts parts) {
  if (packet.is_unsupported()) return put_reason(out, *packet.defect);
  if (packet.tcp() != nullptr) return put_tcp(out, packet, numbers, parts);
  if (packet.udp() != nullptr) return out.put("UDP Len=").put_decimal(packet.payload_size).at();
  if (packet.icmp() != nullptr) return put_icmp(out, *packet.icmp());
  if (packet.ports()) return out.put(transport_name(packet)).at();
  if (packet.ip) return put_ip(out, packet);
  if (packet.ether_type == ether_type::kArp) return out.put("ARP").at();
  return put_registered(out, Registry::ether_type, packet.ether_type);
}

}  // namespace

std::string_view protocol_name(const Packet& packet) {
  if (packet.tcp() != nullptr) return "TCP";
  if (packet.udp() != nullptr) return "UDP";
  if (packet.icmp() != nullptr) return packet.icmp()->is_v6 ? "ICMPv6" : "ICMP";
  if (packet.ports()) return transport_name(packet);
  if (packet.ip) return packet.ip->source.version == IpVersion::v4 ? "IPv4" : "IPv6";
  return packet.ether_type == ether_type::kArp ? "ARP" : "link";
}

std::string render_tcp_flags(std::uint16_t flags) {
  return render_with([&](TextCursor out) { return put_tcp_flags(out, flags); });
}

char* put_summary(TextCursor out, const Packet& packet, const RelativeNumbers& numbers,
                  SummaryParts parts) {
  out.go_on(put_body(out, packet, numbers, parts));
  if (packet.defect && !packet.is_unsupported()) {
    out.put(" [byte ").put_decimal(packet.defect->offset).put(": ");
    out.go_on(put_reason(out, *packet.defect));
    out.put(']');
  }
  return out.at();
}

std::string render_summary(const Packet& packet, const RelativeNumbers& numbers) {
  return render_with([&](TextCursor out) { return put_summary(out, packet, numbers); });
}

}  // namespace wireproof
