#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/text/bytes.h"
#include "packets/wire/header_result.h"
#include "packets/wire/packet.h"

namespace wireproof {

// RFC 9293 §3.1: the header with its options; what follows is data. In two steps, for a header that
// is to be filled in where it stays: copying it directly after costs as much as reading it.
// fill_tcp() is for bytes without a defect.
std::optional<HeaderDefect> find_tcp_defect(ByteView bytes);
void fill_tcp(TcpHeader& header, ByteView bytes);
constexpr std::uint32_t kTcpLeastHeaderSize = 20;

// Of a header that is cut off behind its first kTcpCutSize bytes: all that they say, and of the
// options those that are there.
void fill_cut_tcp(TcpHeader& header, ByteView bytes);
constexpr std::uint32_t kTcpCutSize = 16;  // the window is the last field in them

// 20 and the options.
std::uint32_t tcp_header_size(const TcpHeader& header);
// The same as the first 13 bytes say.
std::uint32_t tcp_header_size(ByteView bytes);

struct SackBlock {
  std::uint32_t left = 0;
  std::uint32_t right = 0;

  bool operator==(const SackBlock&) const = default;
};

struct TcpTimestamps {
  std::uint32_t value = 0;
  std::uint32_t echo_reply = 0;

  bool operator==(const TcpTimestamps&) const = default;
};

// The options that matter to matching: RFC 9293 §3.2 (MSS), RFC 7323 (window scale, timestamps),
// RFC 2018 (SACK). Unknown kinds are passed over; a broken length sets `malformed` and ends
// reading.
struct TcpOptions {
  std::optional<std::uint16_t> mss;
  std::optional<std::uint8_t> window_scale;  // shift count
  std::optional<TcpTimestamps> timestamps;
  std::array<SackBlock, 4> sack_blocks{};
  std::uint8_t sack_block_count = 0;
  bool sack_permitted = false;
  bool malformed = false;

  bool operator==(const TcpOptions&) const = default;
};

TcpOptions read_tcp_options(ByteView options);

// RFC 7323 appendix A: how nearly every segment carries its timestamps, and nothing else.
inline bool are_usual_timestamps(ByteView options) {
  constexpr std::uint32_t kTwoNoOperationsAndStart = 0x0101080a;
  return options.size() == 12 && ByteReader(options).read_u32() == kTwoNoOperationsAndStart;
}

// Offset of the option with a broken length, where reading ends; nothing when all are sound.
std::optional<std::uint32_t> find_bad_option_among(ByteView options);
// The same; in the header, as what most segments have is told without a call.
inline std::optional<std::uint32_t> find_bad_tcp_option(ByteView options) {
  if (options.empty() || are_usual_timestamps(options)) return std::nullopt;
  return find_bad_option_among(options);
}

// Both TCP and UDP begin with them; nothing where not both are there.
std::optional<TransportPorts> read_ports(ByteView bytes);

constexpr std::uint32_t kUdpHeaderSize = 8;

// RFC 768. The length field is given as it is; whether it fits is the packet's concern.
HeaderResult<UdpHeader> read_udp(ByteView bytes);

constexpr std::uint32_t kIcmpHeaderSize = 8;

// RFC 792 and RFC 4443 §2.1: both begin with type, code, checksum and four bytes of their own.
HeaderResult<IcmpHeader> read_icmp(ByteView bytes, IpVersion version);

// RFC 792 type 3 code 3, RFC 4443 §3.1 code 4.
bool is_port_unreachable(const IcmpHeader& header);
// "port unreachable", "echo request"; empty for types without a name here.
std::string_view icmp_name(const IcmpHeader& header);

// An error message quotes the packet that it is about (RFC 792, RFC 4443 §3): the addresses and
// ports of that packet.
struct QuotedDatagram {
  std::uint8_t protocol = 0;
  Endpoint source;
  Endpoint destination;

  bool operator==(const QuotedDatagram&) const = default;
};
// Nothing when the packet is no ICMP error, or quotes no TCP or UDP ports: a later fragment has
// none.
std::optional<QuotedDatagram> read_quoted_datagram(const Packet& packet);

}  // namespace wireproof
