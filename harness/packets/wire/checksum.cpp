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

}  // namespace wireproof
