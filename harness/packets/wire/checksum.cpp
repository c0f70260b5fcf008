#include "packets/wire/checksum.h"

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

}  // namespace wireproof
