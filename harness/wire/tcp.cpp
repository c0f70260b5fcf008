#include "wire/tcp.h"

#include <cassert>

namespace wireproof {
namespace {

constexpr std::uint16_t kFlagMask = 0x01ff;

}  // namespace

HeaderResult<TcpHeader> read_tcp(ByteView bytes) {
  if (bytes.size() < kTcpLeastHeaderSize) return header_defect(0, "tcp header is cut off");
  ByteReader reader(bytes);
  TcpHeader header;
  header.source_port = reader.read_u16();
  header.destination_port = reader.read_u16();
  header.sequence = reader.read_u32();
  header.acknowledgement = reader.read_u32();
  const std::uint16_t offset_and_flags = reader.read_u16();
  header.flags = offset_and_flags & kFlagMask;
  header.window = reader.read_u16();
  header.checksum = reader.read_u16();
  header.urgent_pointer = reader.read_u16();

  const std::uint32_t size = std::uint32_t{4} * (offset_and_flags >> 12);
  constexpr std::uint32_t kDataOffsetOffset = 12;
  if (size < kTcpLeastHeaderSize) {
    return header_defect(kDataOffsetOffset, "tcp header length is below 20");
  }
  if (bytes.size() < size) return header_defect(kTcpLeastHeaderSize, "tcp options are cut off");
  header.options = bytes.subspan(kTcpLeastHeaderSize, size - kTcpLeastHeaderSize);
  return header;
}

std::uint32_t tcp_header_size(const TcpHeader& header) {
  return kTcpLeastHeaderSize + static_cast<std::uint32_t>(header.options.size());
}

void write_tcp(ByteWriter& writer, const TcpHeader& header) {
  assert(header.options.size() % 4 == 0);
  assert(header.options.size() <= 40);
  writer.write_u16(header.source_port);
  writer.write_u16(header.destination_port);
  writer.write_u32(header.sequence);
  writer.write_u32(header.acknowledgement);
  const std::uint32_t data_offset = tcp_header_size(header) / 4;
  writer.write_u16(static_cast<std::uint16_t>((data_offset << 12) | (header.flags & kFlagMask)));
  writer.write_u16(header.window);
  writer.write_u16(header.checksum);
  writer.write_u16(header.urgent_pointer);
  writer.write_bytes(header.options);
}

}  // namespace wireproof
