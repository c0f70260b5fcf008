#include "packets/wire/ethernet.h"

#include <algorithm>

namespace wireproof {

HeaderResult<EthernetHeader> read_ethernet(ByteView bytes) {
  if (bytes.size() < kEthernetHeaderSize) return header_defect(0, "ethernet header is cut off");
  EthernetHeader header;
  ByteReader reader(bytes);
  std::ranges::copy(reader.read_bytes(header.destination.size()), header.destination.begin());
  std::ranges::copy(reader.read_bytes(header.source.size()), header.source.begin());
  header.type = reader.read_u16();
  return header;
}

void write_ethernet(ByteWriter& writer, const EthernetHeader& header) {
  writer.write_bytes(header.destination);
  writer.write_bytes(header.source);
  writer.write_u16(header.type);
}

HeaderResult<VlanTag> read_vlan_tag(ByteView bytes) {
  if (bytes.size() < kVlanTagSize) return header_defect(0, "vlan tag is cut off");
  ByteReader reader(bytes);
  const std::uint16_t control = reader.read_u16();
  VlanTag tag;
  tag.priority = static_cast<std::uint8_t>(control >> 13);
  tag.drop_eligible = (control & 0x1000) != 0;
  tag.id = control & 0x0fff;
  tag.type = reader.read_u16();
  return tag;
}

void write_vlan_tag(ByteWriter& writer, const VlanTag& tag) {
  const int control = (tag.priority << 13) | (tag.drop_eligible ? 0x1000 : 0) | (tag.id & 0x0fff);
  writer.write_u16(static_cast<std::uint16_t>(control));
  writer.write_u16(tag.type);
}

}  // namespace wireproof
