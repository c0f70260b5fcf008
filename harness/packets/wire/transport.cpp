#include "packets/wire/transport.h"

#include <algorithm>
#include <array>

#include "packets/wire/ip.h"

namespace wireproof {
namespace {

constexpr std::uint16_t kFlagMask = 0x01ff;

constexpr std::uint32_t kDataOffsetOffset = 12;

// https://www.iana.org/assignments/tcp-parameters, those that are read here.
enum Kind : std::uint8_t {
  kEnd = 0,
  kNoOperation = 1,
  kMss = 2,
  kWindowScale = 3,
  kSackPermitted = 4,
  kSack = 5,
  kTimestamps = 8,
};

// RFC 9293 §3.2: kinds 0 and 1 are single bytes, every other has a length that counts itself.
bool has_good_length(std::uint8_t kind, std::size_t length) {
  switch (kind) {
    case kMss:
      return length == 4;
    case kWindowScale:
      return length == 3;
    case kSackPermitted:
      return length == 2;
    case kSack:
      return length >= 10 && (length - 2) % 8 == 0;
    case kTimestamps:
      return length == 10;
    default:
      return length >= 2;
  }
}

struct Option {
  std::uint8_t kind = kEnd;
  ByteView data;
};

enum class Step : std::uint8_t { option, end, broken };

// Takes the next option with data off `rest`; where it is broken, `rest` stays at it.
Step take_option(ByteView& rest, Option& option) {
  while (!rest.empty() && rest[0] == kNoOperation) rest = rest.subspan(1);
  if (rest.empty() || rest[0] == kEnd) return Step::end;
  if (rest.size() < 2 || rest[1] > rest.size() || !has_good_length(rest[0], rest[1])) {
    return Step::broken;
  }
  option = Option{rest[0], rest.subspan(2, std::size_t{rest[1]} - 2)};
  rest = rest.subspan(rest[1]);
  return Step::option;
}

void read_sack(ByteView data, TcpOptions& options) {
  ByteReader reader(data);
  while (!reader.rest().empty() && options.sack_block_count < options.sack_blocks.size()) {
    SackBlock& block = options.sack_blocks[options.sack_block_count++];
    block.left = reader.read_u32();
    block.right = reader.read_u32();
  }
}

void read_option(const Option& option, TcpOptions& options) {
  ByteReader reader(option.data);
  switch (option.kind) {
    case kMss:
      options.mss = reader.read_u16();
      break;
    case kWindowScale:
      options.window_scale = reader.read_u8();
      break;
    case kSackPermitted:
      options.sack_permitted = true;
      break;
    case kSack:
      read_sack(option.data, options);
      break;
    case kTimestamps: {
      TcpTimestamps timestamps;
      timestamps.value = reader.read_u32();
      timestamps.echo_reply = reader.read_u32();
      options.timestamps = timestamps;
      break;
    }
    default:
      break;
  }
}

}  // namespace

std::optional<HeaderDefect> find_tcp_defect(ByteView bytes) {
  if (bytes.size() < kTcpLeastHeaderSize) {
    return HeaderDefect{0, "tcp header is cut off", DefectKind::cut_off};
  }
  if (tcp_header_size(bytes) < kTcpLeastHeaderSize) {
    return HeaderDefect{kDataOffsetOffset, "tcp header length is below 20"};
  }
  if (bytes.size() < tcp_header_size(bytes)) {
    return HeaderDefect{kTcpLeastHeaderSize, "tcp options are cut off", DefectKind::cut_off};
  }
  return std::nullopt;
}

void fill_tcp(TcpHeader& header, ByteView bytes) {
  // A size that is known beforehand spares the test before every field.
  ByteReader reader(bytes.first(kTcpLeastHeaderSize));
  header.source_port = reader.read_u16();
  header.destination_port = reader.read_u16();
  header.sequence = reader.read_u32();
  header.acknowledgement = reader.read_u32();
  header.flags = reader.read_u16() & kFlagMask;
  header.window = reader.read_u16();
  header.checksum = reader.read_u16();
  header.urgent_pointer = reader.read_u16();
  header.options = bytes.subspan(kTcpLeastHeaderSize, tcp_header_size(bytes) - kTcpLeastHeaderSize);
}

void fill_cut_tcp(TcpHeader& header, ByteView bytes) {
  std::array<std::uint8_t, kTcpLeastHeaderSize> start{};  // zeros where nothing is
  std::ranges::copy(bytes.first(std::min<std::size_t>(bytes.size(), start.size())), start.begin());
  start[kDataOffsetOffset] = kTcpLeastHeaderSize / 4 << 4;
  fill_tcp(header, start);
  header.options = bytes.subspan(std::min<std::size_t>(bytes.size(), kTcpLeastHeaderSize));
}

// RFC 9293 §3.1: the data offset counts words of four bytes.
std::uint32_t tcp_header_size(ByteView bytes) {
  return std::uint32_t{4} * (bytes[kDataOffsetOffset] >> 4);
}

std::uint32_t tcp_header_size(const TcpHeader& header) {
  return kTcpLeastHeaderSize + static_cast<std::uint32_t>(header.options.size());
}

TcpOptions read_tcp_options(ByteView options) {
  TcpOptions result;
  if (are_usual_timestamps(options)) {
    read_option(Option{kTimestamps, options.subspan(4)}, result);
    return result;
  }
  Option option;
  Step step = take_option(options, option);
  while (step == Step::option) {
    read_option(option, result);
    step = take_option(options, option);
  }
  result.malformed = step == Step::broken;
  return result;
}

std::optional<std::uint32_t> find_bad_option_among(ByteView options) {
  const std::size_t size = options.size();
  Option option;
  Step step = take_option(options, option);
  while (step == Step::option) step = take_option(options, option);
  if (step == Step::end) return std::nullopt;
  return static_cast<std::uint32_t>(size - options.size());
}

std::optional<TransportPorts> read_ports(ByteView bytes) {
  ByteReader reader(bytes);
  TransportPorts ports;
  ports.source = reader.read_u16();
  ports.destination = reader.read_u16();
  if (reader.failed()) return std::nullopt;
  return ports;
}

HeaderResult<UdpHeader> read_udp(ByteView bytes) {
  if (bytes.size() < kUdpHeaderSize) return header_cut_off(0, "udp header is cut off");
  ByteReader reader(bytes);
  UdpHeader header;
  header.source_port = reader.read_u16();
  header.destination_port = reader.read_u16();
  header.length = reader.read_u16();
  header.checksum = reader.read_u16();
  return header;
}

namespace {

std::string_view icmpv4_name(const IcmpHeader& header) {
  switch (header.type) {
    case 0:
      return "echo reply";
    case 3:
      if (header.code == 0) return "network unreachable";
      if (header.code == 1) return "host unreachable";
      if (header.code == 2) return "protocol unreachable";
      if (header.code == 3) return "port unreachable";
      return header.code == 4 ? "fragmentation needed" : "destination unreachable";
    case 5:
      return "redirect";
    case 8:
      return "echo request";
    case 11:
      return "time exceeded";
    case 12:
      return "parameter problem";
    default:
      return "";
  }
}

std::string_view icmpv6_name(const IcmpHeader& header) {
  switch (header.type) {
    case 1:
      return header.code == 4 ? "port unreachable" : "destination unreachable";
    case 2:
      return "packet too big";
    case 3:
      return "time exceeded";
    case 4:
      return "parameter problem";
    case 128:
      return "echo request";
    case 129:
      return "echo reply";
    case 133:
      return "router solicitation";
    case 134:
      return "router advertisement";
    case 135:
      return "neighbor solicitation";
    case 136:
      return "neighbor advertisement";
    default:
      return "";
  }
}

// RFC 792 promises 64 bits of the quoted data, which hold the ports of both transports.
std::optional<QuotedDatagram> read_quoted_ports(ByteView transport, QuotedDatagram quoted) {
  if (quoted.protocol != ip_protocol::kTcp && quoted.protocol != ip_protocol::kUdp) {
    return std::nullopt;
  }
  const std::optional<TransportPorts> ports = read_ports(transport);
  if (!ports) return std::nullopt;
  quoted.source.port = ports->source;
  quoted.destination.port = ports->destination;
  return quoted;
}

std::optional<QuotedDatagram> read_ipv4_quote(ByteView quote) {
  const HeaderResult<Ipv4Header> ip = read_ipv4(quote);
  if (!ip || ip->fragment_offset_bytes != 0) return std::nullopt;
  return read_quoted_ports(quote.subspan(ip->size()),
                           QuotedDatagram{ip->protocol, {ip->source, 0}, {ip->destination, 0}});
}

std::optional<QuotedDatagram> read_ipv6_quote(ByteView quote) {
  const HeaderResult<Ipv6Header> ip = read_ipv6(quote);
  if (!ip) return std::nullopt;
  const ByteView rest = quote.subspan(kIpv6HeaderSize);
  const ExtensionHeaders extensions = read_ipv6_extensions(rest, ip->next_header);
  const bool is_later_fragment = extensions.fragment && extensions.fragment->offset_bytes != 0;
  if (extensions.defect || is_later_fragment) return std::nullopt;
  return read_quoted_ports(
      rest.subspan(extensions.size),
      QuotedDatagram{extensions.protocol, {ip->source, 0}, {ip->destination, 0}});
}

// RFC 792: destination unreachable, source quench, redirect, time exceeded, parameter problem.
// RFC 4443 §2.1: the types below 128.
bool is_error(const IcmpHeader& header) {
  if (header.is_v6) return header.type < 128;
  constexpr std::array<std::uint8_t, 5> kErrors = {3, 4, 5, 11, 12};
  return std::ranges::find(kErrors, header.type) != kErrors.end();
}

}  // namespace

HeaderResult<IcmpHeader> read_icmp(ByteView bytes, IpVersion version) {
  if (bytes.size() < kIcmpHeaderSize) return header_cut_off(0, "icmp header is cut off");
  ByteReader reader(bytes);
  IcmpHeader header;
  header.is_v6 = version == IpVersion::v6;
  header.type = reader.read_u8();
  header.code = reader.read_u8();
  reader.skip(2);
  header.rest = reader.read_u32();
  return header;
}

bool is_port_unreachable(const IcmpHeader& header) {
  return header.is_v6 ? header.type == 1 && header.code == 4 : header.type == 3 && header.code == 3;
}

std::string_view icmp_name(const IcmpHeader& header) {
  return header.is_v6 ? icmpv6_name(header) : icmpv4_name(header);
}

std::optional<QuotedDatagram> read_quoted_datagram(const Packet& packet) {
  const IcmpHeader* const icmp = packet.icmp();
  if (icmp == nullptr || !is_error(*icmp)) return std::nullopt;
  return icmp->is_v6 ? read_ipv6_quote(packet.payload) : read_ipv4_quote(packet.payload);
}

}  // namespace wireproof
