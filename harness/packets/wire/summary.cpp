#include "packets/wire/summary.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text/decimal.h"
#include "packets/wire/icmp.h"
#include "packets/wire/link.h"
#include "packets/wire/transport.h"

namespace wireproof {
namespace {

inline char* put(char* out, std::string_view text) {
  return put_text(out, text);
}

char* put(char* out, std::uint32_t value) {
  return put_decimal(out, value);
}

char* put_hex(char* out, std::uint32_t value) {
  out = put(out, "0x");
  return std::to_chars(out, out + 8, value, 16).ptr;
}

inline char* put(char* out, std::string_view label, std::uint32_t value) {
  return put(put(out, label), value);
}

char* put_number(char* out, std::string_view label, std::int64_t number) {
  out = put(out, label);
  if (number < 0) *out++ = '-';
  return put_decimal64(out, static_cast<std::uint64_t>(number < 0 ? -number : number));
}

struct FlagName {
  std::uint16_t flag;
  std::string_view name;
};

// In Wireshark's order, which is that of the bits.
constexpr std::array<FlagName, 9> kFlagNames = {{{tcp_flag::kFin, "FIN"},
                                                 {tcp_flag::kSyn, "SYN"},
                                                 {tcp_flag::kRst, "RST"},
                                                 {tcp_flag::kPsh, "PSH"},
                                                 {tcp_flag::kAck, "ACK"},
                                                 {tcp_flag::kUrg, "URG"},
                                                 {tcp_flag::kEce, "ECE"},
                                                 {tcp_flag::kCwr, "CWR"},
                                                 {tcp_flag::kAe, "AE"}}};

// SACK edges belong to the stream that is acknowledged, so they move with the ACK number.
char* put_sack_blocks(char* out, const TcpOptions& options, const TcpHeader& header,
                      std::int64_t ack) {
  const auto number = [&](std::uint32_t edge) {  // the nearest (RFC 9293 §3.4)
    return ack + static_cast<std::int32_t>(edge - header.acknowledgement);
  };
  for (std::size_t i = 0; i < options.sack_block_count; ++i) {
    out = put_number(out, " SLE=", number(options.sack_blocks[i].left));
    out = put_number(out, " SRE=", number(options.sack_blocks[i].right));
  }
  return out;
}

char* put_options(char* out, const TcpHeader& header, const RelativeNumbers& numbers) {
  if (header.options.empty()) return out;
  const TcpOptions options = read_tcp_options(header.options);
  if (options.mss) out = put(out, " MSS=", *options.mss);
  if (options.window_scale) {
    out = put(out, " WS=", std::uint32_t{1} << std::min<unsigned>(*options.window_scale, 31));
  }
  if (options.sack_permitted) out = put(out, " SACK_PERM");
  if (options.timestamps) {
    out = put(out, " TSval=", options.timestamps->value);
    out = put(out, " TSecr=", options.timestamps->echo_reply);
  }
  return put_sack_blocks(out, options, header, numbers.ack);
}

char* put_tcp(char* out, const Packet& packet, const RelativeNumbers& numbers) {
  const TcpHeader& header = *packet.tcp();
  out = render_tcp_flags_to(out, header.flags);
  out = put_number(out, " Seq=", numbers.seq);
  if ((header.flags & tcp_flag::kAck) != 0) out = put_number(out, " Ack=", numbers.ack);
  out = put(out, " Win=", numbers.window_bytes);
  out = put(out, " Len=", packet.payload_size);
  return put_options(out, header, numbers);
}

char* put_icmp(char* out, const IcmpHeader& header) {
  out = put(out, header.is_v6 ? "ICMPv6 " : "ICMP ");
  const std::string_view name = icmp_name(header);
  if (!name.empty()) return put(out, name);
  return put(put(out, "type=", header.type), " code=", header.code);
}

char* put_ip(char* out, const Packet& packet) {
  const IpInfo& ip = *packet.ip;
  if (ip.is_fragment()) {
    out = put_hex(put(out, "fragment id="), ip.identification);
    out = put(out, " offset=", ip.fragment_offset_bytes);
    return put(out, " Len=", packet.payload_size);
  }
  out = put(out, "IP protocol ", ip.protocol);
  return put(out, " Len=", packet.payload_size);
}

char* put_body(char* out, const Packet& packet, const RelativeNumbers& numbers) {
  if (packet.tcp() != nullptr) return put_tcp(out, packet, numbers);
  if (packet.udp() != nullptr) return put(out, "UDP Len=", packet.payload_size);
  if (packet.icmp() != nullptr) return put_icmp(out, *packet.icmp());
  if (packet.ip) return put_ip(out, packet);
  if (packet.ether_type == ether_type::kArp) return put(out, "ARP");
  return put_hex(put(out, "ether type "), packet.ether_type);
}

}  // namespace

std::string_view protocol_name(const Packet& packet) {
  if (packet.tcp() != nullptr) return "TCP";
  if (packet.udp() != nullptr) return "UDP";
  if (packet.icmp() != nullptr) return packet.icmp()->is_v6 ? "ICMPv6" : "ICMP";
  if (packet.ip) return packet.ip->source.version == IpVersion::v4 ? "IPv4" : "IPv6";
  return packet.ether_type == ether_type::kArp ? "ARP" : "link";
}

char* render_tcp_flags_to(char* out, std::uint16_t flags) {
  switch (flags) {  // what most segments have, in one piece
    case 0:
      return put(out, "[<None>]");
    case tcp_flag::kAck:
      return put(out, "[ACK]");
    case tcp_flag::kPsh | tcp_flag::kAck:
      return put(out, "[PSH, ACK]");
    default:
      break;
  }
  *out++ = '[';
  bool needs_comma = false;
  for (const FlagName& entry : kFlagNames) {
    if ((flags & entry.flag) == 0) continue;
    if (needs_comma) out = put(out, ", ");
    out = put(out, entry.name);
    needs_comma = true;
  }
  *out++ = ']';
  return out;
}

char* render_summary_to(char* out, const Packet& packet, const RelativeNumbers& numbers) {
  out = put_body(out, packet, numbers);
  if (packet.defect) {
    out = put(put(out, " [byte ", packet.defect->offset), ": ");
    out = put(put(out, packet.defect->reason), "]");
  }
  return out;
}

std::string render_summary(const Packet& packet, const RelativeNumbers& numbers) {
  std::array<char, kMaxSummarySize> text{};
  return {text.data(), render_summary_to(text.data(), packet, numbers)};
}

}  // namespace wireproof
