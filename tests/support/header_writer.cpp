#include "support/header_writer.h"

#include <cassert>

namespace wireproof {
namespace {

std::uint64_t add_words(std::uint64_t sum, ByteView bytes) {
  std::size_t i = 0;
  for (; i + 1 < bytes.size(); i += 2) {
    sum += (std::uint64_t{bytes[i]} << 8) | bytes[i + 1];
  }
  if (i < bytes.size()) sum += std::uint64_t{bytes[i]} << 8;  // padded with a zero byte
  return sum;
}

std::uint16_t fold(std::uint64_t sum) {
  while ((sum >> 16) != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

constexpr int kDontFragment = 0x4000;
constexpr int kMoreFragments = 0x2000;

// https://www.iana.org/assignments/tcp-parameters
enum Kind : std::uint8_t {
  kNoOperation = 1,
  kMss = 2,
  kWindowScale = 3,
  kSackPermitted = 4,
  kSack = 5,
  kTimestamps = 8,
};

}  // namespace

std::uint16_t internet_checksum(ByteView bytes) {
  return fold(add_words(0, bytes));
}

std::uint16_t transport_checksum(const IpAddress& source, const IpAddress& destination,
                                 std::uint8_t protocol, ByteView segment) {
  assert(source.version == destination.version);
  const std::size_t address_size = source.version == IpVersion::v4 ? 4 : 16;
  std::uint64_t sum = add_words(0, ByteView(source.bytes).first(address_size));
  sum = add_words(sum, ByteView(destination.bytes).first(address_size));
  sum += protocol;
  sum += (segment.size() >> 16) + (segment.size() & 0xffff);
  return fold(add_words(sum, segment));
}

void write_ethernet(ByteWriter& writer, const MacAddress& destination, const MacAddress& source,
                    std::uint16_t type) {
  writer.write_bytes(destination);
  writer.write_bytes(source);
  writer.write_u16(type);
}

void write_vlan_tag(ByteWriter& writer, const VlanTag& tag) {
  const int control = (tag.priority << 13) | (tag.drop_eligible ? 0x1000 : 0) | (tag.id & 0x0fff);
  writer.write_u16(static_cast<std::uint16_t>(control));
  writer.write_u16(tag.type);
}

void write_ipv4(ByteWriter& writer, const Ipv4Header& header) {
  assert(header.options.size() % 4 == 0);
  assert(header.options.size() <= 40);
  writer.write_u8(static_cast<std::uint8_t>(0x40 | (header.size() / 4)));
  writer.write_u8(header.type_of_service);
  writer.write_u16(header.total_length);
  writer.write_u16(header.identification);
  const int fragment = (header.dont_fragment ? kDontFragment : 0) |
                       (header.more_fragments ? kMoreFragments : 0) |
                       (header.fragment_offset_bytes / 8);
  writer.write_u16(static_cast<std::uint16_t>(fragment));
  writer.write_u8(header.ttl);
  writer.write_u8(header.protocol);
  writer.write_u16(header.checksum);
  writer.write_bytes(ByteView(header.source.bytes).first(4));
  writer.write_bytes(ByteView(header.destination.bytes).first(4));
  writer.write_bytes(header.options);
}

Ipv4Header with_checksum(Ipv4Header header) {
  header.checksum = 0;
  ByteWriter writer;
  write_ipv4(writer, header);
  header.checksum = internet_checksum(writer.bytes());
  return header;
}

void write_ipv6(ByteWriter& writer, const Ipv6Header& header) {
  writer.write_u32((std::uint32_t{6} << 28) | (std::uint32_t{header.traffic_class} << 20) |
                   (header.flow_label & 0xfffff));
  writer.write_u16(header.payload_length);
  writer.write_u8(header.next_header);
  writer.write_u8(header.hop_limit);
  writer.write_bytes(header.source.bytes);
  writer.write_bytes(header.destination.bytes);
}

void write_ipv6_fragment(ByteWriter& writer, std::uint8_t next_header,
                         const Ipv6Fragment& fragment) {
  writer.write_u8(next_header);
  writer.write_u8(0);
  writer.write_u16(static_cast<std::uint16_t>((fragment.offset_bytes & 0xfff8) |
                                              (fragment.more_fragments ? 1 : 0)));
  writer.write_u32(fragment.identification);
}

void write_tcp(ByteWriter& writer, const TcpHeader& header) {
  assert(header.options.size() % 4 == 0);
  assert(header.options.size() <= 40);
  writer.write_u16(header.source_port);
  writer.write_u16(header.destination_port);
  writer.write_u32(header.sequence);
  writer.write_u32(header.acknowledgement);
  const std::uint32_t data_offset = tcp_header_size(header) / 4;
  writer.write_u16(static_cast<std::uint16_t>((data_offset << 12) | (header.flags & 0x01ff)));
  writer.write_u16(header.window);
  writer.write_u16(header.checksum);
  writer.write_u16(header.urgent_pointer);
  writer.write_bytes(header.options);
}

void write_mss_option(ByteWriter& writer, std::uint16_t mss) {
  writer.write_u8(kMss);
  writer.write_u8(4);
  writer.write_u16(mss);
}

void write_window_scale_option(ByteWriter& writer, std::uint8_t shift_count) {
  writer.write_u8(kNoOperation);
  writer.write_u8(kWindowScale);
  writer.write_u8(3);
  writer.write_u8(shift_count);
}

void write_sack_permitted_option(ByteWriter& writer) {
  writer.write_u8(kNoOperation);
  writer.write_u8(kNoOperation);
  writer.write_u8(kSackPermitted);
  writer.write_u8(2);
}

void write_sack_option(ByteWriter& writer, std::span<const SackBlock> blocks) {
  writer.write_u8(kNoOperation);
  writer.write_u8(kNoOperation);
  writer.write_u8(kSack);
  writer.write_u8(static_cast<std::uint8_t>(2 + 8 * blocks.size()));
  for (const SackBlock& block : blocks) {
    writer.write_u32(block.left);
    writer.write_u32(block.right);
  }
}

void write_timestamps_option(ByteWriter& writer, const TcpTimestamps& timestamps) {
  writer.write_u8(kNoOperation);
  writer.write_u8(kNoOperation);
  writer.write_u8(kTimestamps);
  writer.write_u8(10);
  writer.write_u32(timestamps.value);
  writer.write_u32(timestamps.echo_reply);
}

void write_udp(ByteWriter& writer, const UdpHeader& header) {
  writer.write_u16(header.source_port);
  writer.write_u16(header.destination_port);
  writer.write_u16(header.length);
  writer.write_u16(header.checksum);
}

void write_icmp(ByteWriter& writer, const IcmpHeader& header, std::uint16_t checksum) {
  writer.write_u8(header.type);
  writer.write_u8(header.code);
  writer.write_u16(checksum);
  writer.write_u32(header.rest);
}

}  // namespace wireproof
