#include "packets/wire/checksum.h"

#include "packets/wire/ip.h"
#include "packets/wire/link.h"
#include "packets/wire/transport.h"

namespace wireproof {
namespace {

// RFC 1071: the sum of 16-bit words in ones' complement.
class OnesSum {
 public:
  void add(ByteView bytes) {
    ByteReader reader(bytes);
    while (reader.rest().size() >= 2) sum_ += reader.read_u16();
    if (!reader.rest().empty()) sum_ += std::uint64_t{reader.read_u8()} << 8;
  }
  void add(std::uint64_t word) { sum_ += word; }
  std::uint16_t folded() const {
    std::uint64_t sum = sum_;
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(sum);
  }

 private:
  std::uint64_t sum_ = 0;
};

constexpr std::uint16_t kRightSum = 0xffff;

bool has_wrong_ipv4(const Packet& packet) {
  const LinkHeader link = read_link(packet.raw.link, packet.raw.bytes);
  const ByteView ip = packet.raw.bytes.subspan(link.size);
  constexpr std::size_t kChecksumOffset = 10;
  OnesSum sum;
  sum.add(ip.first(ipv4_header_size(ip)));
  const bool is_filled_in = ip[kChecksumOffset] != 0 || ip[kChecksumOffset + 1] != 0;
  return is_filled_in && sum.folded() != kRightSum;
}

// RFC 9293 §3.1, RFC 8200 §8.1.
OnesSum sum_pseudo_header(const IpInfo& ip, std::size_t transport_size) {
  const std::size_t size = ip.source.version == IpVersion::v4 ? 4 : ip.source.bytes.size();
  OnesSum sum;
  sum.add(ByteView(ip.source.bytes).first(size));
  sum.add(ByteView(ip.destination.bytes).first(size));
  sum.add(ip.protocol);
  sum.add(transport_size);
  return sum;
}

}  // namespace

bool has_wrong_checksum(const Packet& packet) {
  const TcpHeader* const tcp = packet.tcp();
  const UdpHeader* const udp = packet.udp();
  if (tcp == nullptr && udp == nullptr) return false;
  if (packet.defect || packet.is_cut() || packet.ip->is_fragment()) return false;
  if (packet.ip->source.version == IpVersion::v4 && has_wrong_ipv4(packet)) return true;
  const std::size_t header_size = tcp != nullptr ? tcp_header_size(*tcp) : kUdpHeaderSize;
  const std::uint16_t checksum = tcp != nullptr ? tcp->checksum : udp->checksum;
  const ByteView transport(packet.payload.data() - header_size,
                           packet.payload.size() + header_size);
  OnesSum sum = sum_pseudo_header(*packet.ip, transport.size());
  if (checksum == 0 || checksum == sum.folded()) return false;
  sum.add(transport);
  return sum.folded() != kRightSum;
}

void fill_checksums(std::span<std::uint8_t> bytes) {
  const auto put = [&bytes](std::size_t offset, std::uint16_t sum) {
    bytes[offset] = static_cast<std::uint8_t>(sum >> 8);
    bytes[offset + 1] = static_cast<std::uint8_t>(sum);
  };
  RawPacket raw;
  raw.link = LinkType::raw_ip;
  raw.bytes = bytes;
  const Packet packet = decode_packet(raw);
  const bool is_whole =
      packet.ip && packet.ip->source.version == IpVersion::v4 && !packet.defect && !packet.is_cut();
  if (!is_whole) return;
  constexpr std::size_t kIpv4Checksum = 10;
  const std::size_t header_size = ipv4_header_size(bytes);
  put(kIpv4Checksum, 0);
  OnesSum header;
  header.add(bytes.first(header_size));
  put(kIpv4Checksum, static_cast<std::uint16_t>(~header.folded()));
  if (packet.ip->is_fragment()) return;
  std::size_t offset = header_size;
  if (packet.tcp() != nullptr) {
    offset += 16;
  } else if (packet.udp() != nullptr) {
    offset += 6;
  } else if (packet.icmp() != nullptr) {
    offset += 2;
  } else {
    return;
  }
  const ByteView transport = ByteView(bytes).subspan(header_size);
  put(offset, 0);
  OnesSum sum =
      packet.icmp() != nullptr ? OnesSum() : sum_pseudo_header(*packet.ip, transport.size());
  sum.add(transport);
  const auto filled = static_cast<std::uint16_t>(~sum.folded());
  // RFC 768: 0 would say that there is none.
  put(offset, packet.udp() != nullptr && filled == 0 ? std::uint16_t{0xffff} : filled);
}

}  // namespace wireproof
