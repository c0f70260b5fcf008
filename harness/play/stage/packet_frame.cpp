#include "play/stage/packet_frame.h"

#include <stdexcept>

#include "base/text/bytes.h"

namespace wireproof {

Frame write_packet_frame(const RawPacket& packet) {
  ByteWriter body;
  body.write_u64(static_cast<std::uint64_t>(packet.time.time_since_epoch().count()));
  body.write_u32(packet.original_size);
  body.write_u8(static_cast<std::uint8_t>(packet.link));
  return {FrameKind::packet,
          std::string(as_text(body.bytes())) + std::string(as_text(packet.bytes))};
}

void read_packet_frame(const std::string& body, PacketStore& packets) {
  ByteReader reader(as_bytes(body));
  RawPacket packet;
  packet.time = Timestamp(Duration(static_cast<std::int64_t>(reader.read_u64())));
  packet.original_size = reader.read_u32();
  const std::uint8_t link = reader.read_u8();
  packet.bytes = reader.rest();
  if (reader.failed() || link > static_cast<std::uint8_t>(LinkType::unsupported)) {
    throw std::runtime_error("a stage sent a packet that does not decode");
  }
  packet.link = static_cast<LinkType>(link);
  packets.append(packet);
}

}  // namespace wireproof
