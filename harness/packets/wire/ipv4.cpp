#include "packets/wire/ipv4.h"

#include <algorithm>
#include <cassert>

#include "packets/wire/checksum.h"

namespace wireproof {
namespace {

constexpr std::size_t kLeastSize = 20;
constexpr int kDontFragment = 0x4000;
constexpr int kMoreFragments = 0x2000;
constexpr int kFragmentOffsetMask = 0x1fff;

void read_address(ByteReader& reader, IpAddress& address) {
  std::copy_n(reader.read_bytes(4).begin(), 4, address.bytes.begin());
}

std::size_t header_size(ByteView bytes) {
  return std::size_t{4} * (bytes[0] & 0x0f);
}

// `bytes` are a whole header. Its fields are filled in where the caller wants them: copies of a
// struct just written are what decoding would spend most of its time on.
HeaderResult<Ipv4Header> read_sound_ipv4(ByteView bytes) {
  HeaderResult<Ipv4Header> result;
  Ipv4Header& header = *result;
  // A size that is known beforehand spares the test before every field.
  ByteReader reader(bytes.first(kLeastSize));
  reader.skip(1);
  header.type_of_service = reader.read_u8();
  header.total_length = reader.read_u16();
  header.identification = reader.read_u16();
  const std::uint16_t fragment = reader.read_u16();
  header.dont_fragment = (fragment & kDontFragment) != 0;
  header.more_fragments = (fragment & kMoreFragments) != 0;
  header.fragment_offset_bytes = static_cast<std::uint16_t>((fragment & kFragmentOffsetMask) * 8);
  header.ttl = reader.read_u8();
  header.protocol = reader.read_u8();
  header.checksum = reader.read_u16();
  read_address(reader, header.source);
  read_address(reader, header.destination);
  header.options = bytes.subspan(kLeastSize, header_size(bytes) - kLeastSize);
  return result;
}

}  // namespace

HeaderResult<Ipv4Header> read_ipv4(ByteView bytes) {
  if (bytes.size() < kLeastSize) return header_defect(0, "ipv4 header is cut off");
  if ((bytes[0] >> 4) != 4) return header_defect(0, "ip version is not 4");
  if (header_size(bytes) < kLeastSize) return header_defect(0, "ipv4 header length is below 20");
  if (bytes.size() < header_size(bytes)) {
    return header_defect(kLeastSize, "ipv4 options are cut off");
  }
  return read_sound_ipv4(bytes);
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

}  // namespace wireproof
