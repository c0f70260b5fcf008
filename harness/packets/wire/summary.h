#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "packets/wire/packet.h"

namespace wireproof {

class TextCursor;

// What a summary of a TCP segment prints in place of the header's absolute numbers; 64 bits, and
// below 1 for what was sent before the capture began (flow's ConnectionNumbers).
struct RelativeNumbers {
  std::int64_t seq = 0;
  std::int64_t ack = 0;  // 0 without ACK
  std::uint32_t window_bytes = 0;

  bool operator==(const RelativeNumbers&) const = default;
};

// "TCP", "UDP", "ICMP", "ICMPv6", "ARP", "IPv4", "IPv6", or "link" for what is none of them.
std::string_view protocol_name(const Packet& packet);

// One line per packet in Wireshark's notation: `[PSH, ACK] Seq=1 Ack=1 Win=502 Len=4`,
// `UDP Len=5`, `ICMP port unreachable`; a defect follows in brackets. ASCII without quotes.
std::string render_summary(const Packet& packet, const RelativeNumbers& numbers);

// How much a summary has of a TCP header: all but its options, or these too ("MSS=1460").
enum class SummaryParts : std::uint8_t { without_options, all };

// The same where `out` is; gives where it ends.
char* put_summary(TextCursor out, const Packet& packet, const RelativeNumbers& numbers,
                  SummaryParts parts = SummaryParts::all);

// The names of tcp_flag, in Wireshark's order, which is that of the bits.
struct TcpFlagName {
  std::uint16_t flag;
  std::string_view name;
};
constexpr std::array<TcpFlagName, 9> kTcpFlagNames{{{tcp_flag::kFin, "FIN"},
                                                    {tcp_flag::kSyn, "SYN"},
                                                    {tcp_flag::kRst, "RST"},
                                                    {tcp_flag::kPsh, "PSH"},
                                                    {tcp_flag::kAck, "ACK"},
                                                    {tcp_flag::kUrg, "URG"},
                                                    {tcp_flag::kEce, "ECE"},
                                                    {tcp_flag::kCwr, "CWR"},
                                                    {tcp_flag::kAe, "AE"}}};

// "[SYN, ACK]"; "[<None>]" without any flag.
std::string render_tcp_flags(std::uint16_t flags);

}  // namespace wireproof
