#include "packets/wire/tcp.h"

#include <cassert>

namespace wireproof {
namespace {

constexpr std::uint16_t kFlagMask = 0x01ff;

constexpr std::uint32_t kDataOffsetOffset = 12;

// RFC 9293 §3.1: the data offset counts words of four bytes.
std::uint32_t tcp_header_size(ByteView bytes) {
  return std::uint32_t{4} * (bytes[kDataOffsetOffset] >> 4);
}

}  // namespace

std::optional<HeaderDefect> find_tcp_defect(ByteView bytes) {
  if (bytes.size() < kTcpLeastHeaderSize) return HeaderDefect{0, "tcp header is cut off"};
  if (tcp_header_size(bytes) < kTcpLeastHeaderSize) {
    return HeaderDefect{kDataOffsetOffset, "tcp header length is below 20"};
  }
  if (bytes.size() < tcp_header_size(bytes)) {
    return HeaderDefect{kTcpLeastHeaderSize, "tcp options are cut off"};
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

HeaderResult<TcpHeader> read_tcp(ByteView bytes) {
  const std::optional<HeaderDefect> defect = find_tcp_defect(bytes);
  if (defect) return Unexpected<HeaderDefect>(*defect);
  TcpHeader header;
  fill_tcp(header, bytes);
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
