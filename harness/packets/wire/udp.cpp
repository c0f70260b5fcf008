#include "packets/wire/udp.h"

namespace wireproof {

HeaderResult<UdpHeader> read_udp(ByteView bytes) {
  if (bytes.size() < kUdpHeaderSize) return header_defect(0, "udp header is cut off");
  ByteReader reader(bytes);
  UdpHeader header;
  header.source_port = reader.read_u16();
  header.destination_port = reader.read_u16();
  header.length = reader.read_u16();
  header.checksum = reader.read_u16();
  return header;
}

void write_udp(ByteWriter& writer, const UdpHeader& header) {
  writer.write_u16(header.source_port);
  writer.write_u16(header.destination_port);
  writer.write_u16(header.length);
  writer.write_u16(header.checksum);
}

}  // namespace wireproof
