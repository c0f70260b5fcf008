#include "conversations/frames.h"

#include <algorithm>
#include <cassert>
#include <sstream>

#include "support/header_writer.h"

namespace wireproof {
namespace {

constexpr std::uint32_t kLeastEthernetFrame = 60;  // without its checksum, IEEE 802.3 clause 3

std::pair<std::uint32_t, std::uint32_t> pair_of(const std::string& text) {
  const std::size_t colon = text.find(':');
  return {static_cast<std::uint32_t>(std::stoul(text.substr(0, colon))),
          static_cast<std::uint32_t>(std::stoul(text.substr(colon + 1)))};
}

Bytes build_options(const FrameEnds& ends, const FrameWords& words) {
  ByteWriter writer;
  if (words.has("mss")) write_mss_option(writer, static_cast<std::uint16_t>(words.number("mss")));
  if (words.has("ws")) {
    write_window_scale_option(writer, static_cast<std::uint8_t>(words.number("ws")));
  }
  if (words.has("sackok")) write_sack_permitted_option(writer);
  if (const auto stamps = words.text("ts")) {
    const auto [value, echo] = pair_of(*stamps);
    write_timestamps_option(writer, {value, echo});
  }
  if (const auto block = words.text("sack")) {
    const auto [left, right] = pair_of(*block);
    const SackBlock moved{ends.acknowledgement_base + left, ends.acknowledgement_base + right};
    write_sack_option(writer, std::span<const SackBlock>(&moved, 1));
  }
  if (words.has("option")) writer.write_bytes(words.hex("option"));
  while (writer.size() % 4 != 0) writer.write_u8(1);  // no operation
  return writer.take();
}

Bytes tcp_bytes(const ScriptSegment& segment, const FrameEnds& ends, const FrameWords& words,
                std::uint16_t checksum) {
  const Bytes options = build_options(ends, words);
  TcpHeader header;
  header.source_port = ends.from.port;
  header.destination_port = ends.to.port;
  header.sequence =
      ends.sequence_base + static_cast<std::uint32_t>(segment.seq) + words.number("isn");
  if (segment.has(tcp_flag::kAck)) {
    header.acknowledgement = ends.acknowledgement_base + static_cast<std::uint32_t>(segment.ack) +
                             words.number("ackisn");
  }
  header.flags = segment.flags;
  header.window = segment.window;
  header.checksum = checksum;
  header.urgent_pointer = static_cast<std::uint16_t>(words.number("urg"));
  header.options = options;
  ByteWriter writer;
  write_tcp(writer, header);
  writer.write_bytes(as_bytes(segment.payload));
  return writer.take();
}

Bytes udp_bytes(const ScriptSegment& segment, const FrameEnds& ends, std::uint16_t checksum) {
  ByteWriter writer;
  const auto length = static_cast<std::uint16_t>(kUdpHeaderSize + segment.payload.size());
  write_udp(writer, UdpHeader{ends.from.port, ends.to.port, length, checksum});
  writer.write_bytes(as_bytes(segment.payload));
  return writer.take();
}

Bytes transport_bytes(const ScriptSegment& segment, const FrameEnds& ends,
                      const FrameWords& words) {
  const bool is_udp = words.has("udp");
  const auto bytes = [&](std::uint16_t checksum) {
    return is_udp ? udp_bytes(segment, ends, checksum) : tcp_bytes(segment, ends, words, checksum);
  };
  const std::uint8_t protocol = is_udp ? ip_protocol::kUdp : ip_protocol::kTcp;
  const std::uint16_t sum =
      transport_checksum(ends.from.address, ends.to.address, protocol, bytes(0));
  return bytes(words.has("badsum") ? static_cast<std::uint16_t>(sum ^ 0x1111) : sum);
}

// A part of the IP payload, of all of it where it is not cut.
struct Part {
  ByteView bytes;
  std::size_t offset = 0;
  bool more = false;
};

Bytes build_ipv4(const Part& part, const FrameEnds& ends, const FrameWords& words) {
  const Bytes options = words.has("ipopt") ? words.hex("ipopt") : Bytes();
  Ipv4Header header;
  header.options = options;
  header.type_of_service = static_cast<std::uint8_t>(words.number("ecn"));
  const std::size_t length = header.size() + part.bytes.size();
  header.total_length = words.has("tso") ? std::uint16_t{0} : static_cast<std::uint16_t>(length);
  header.identification = static_cast<std::uint16_t>(ends.identification);
  header.dont_fragment = !words.has("frag");
  header.more_fragments = part.more;
  header.fragment_offset_bytes = static_cast<std::uint16_t>(part.offset);
  header.protocol = words.has("udp") ? ip_protocol::kUdp : ip_protocol::kTcp;
  header.source = ends.from.address;
  header.destination = ends.to.address;
  ByteWriter writer;
  write_ipv4(writer, with_checksum(header));
  writer.write_bytes(part.bytes);
  return writer.take();
}

// RFC 8200 §4: one header, the next one's number first.
void write_extension(ByteWriter& writer, std::uint32_t kind, std::uint8_t next, const Part& part,
                     std::uint32_t identification) {
  const std::array<std::uint8_t, 6> padding = {1, 4, 0, 0, 0, 0};  // one PadN option
  switch (kind) {
    case ip_protocol::kFragment:
      return write_ipv6_fragment(
          writer, next, {static_cast<std::uint16_t>(part.offset), part.more, identification});
    case ip_protocol::kAuthentication:  // RFC 4302 §2, its length in words of 4 bytes less 2
      writer.write_u8(next);
      writer.write_u8(4);
      return writer.write_bytes(Bytes(22, 0));
    case ip_protocol::kRouting:  // type 4 (RFC 8754), all segments passed
      writer.write_u8(next);
      writer.write_u8(0);
      return writer.write_bytes(std::array<std::uint8_t, 6>{4, 0, 0, 0, 0, 0});
    default:  // hop-by-hop and destination options
      writer.write_u8(next);
      writer.write_u8(0);
      return writer.write_bytes(padding);
  }
}

Bytes build_ipv6(const Part& part, const FrameEnds& ends, const FrameWords& words) {
  std::vector<std::uint32_t> kinds = words.numbers("ext");
  if (words.has("frag")) kinds.push_back(ip_protocol::kFragment);
  const std::uint8_t transport = words.has("udp") ? ip_protocol::kUdp : ip_protocol::kTcp;
  const auto number = [&](std::size_t index) {
    return index < kinds.size() ? static_cast<std::uint8_t>(kinds[index]) : transport;
  };
  ByteWriter payload;
  for (std::size_t index = 0; index < kinds.size(); ++index) {
    write_extension(payload, kinds[index], number(index + 1), part, ends.identification);
  }
  payload.write_bytes(part.bytes);
  Ipv6Header header;
  header.traffic_class = static_cast<std::uint8_t>(words.number("ecn"));
  header.payload_length =
      words.has("tso") ? std::uint16_t{0} : static_cast<std::uint16_t>(payload.size());
  header.next_header = number(0);
  header.source = ends.from.address;
  header.destination = ends.to.address;
  ByteWriter writer;
  write_ipv6(writer, header);
  writer.write_bytes(payload.bytes());
  return writer.take();
}

std::vector<Bytes> build_ip(const ScriptSegment& segment, const FrameEnds& ends,
                            const FrameWords& words) {
  const Bytes transport = transport_bytes(segment, ends, words);
  const std::size_t size = words.number("frag", static_cast<std::uint32_t>(transport.size()));
  const bool is_v6 = ends.from.address.version == IpVersion::v6;
  std::vector<Bytes> packets;
  for (std::size_t begin = 0; begin < transport.size(); begin += size) {
    const std::size_t end = std::min(transport.size(), begin + size);
    const Part part{ByteView(transport).subspan(begin, end - begin), begin, end < transport.size()};
    packets.push_back(is_v6 ? build_ipv6(part, ends, words) : build_ipv4(part, ends, words));
  }
  if (words.has("fraglost")) packets.erase(packets.begin() + words.number("fraglost"));
  if (words.has("fragrev")) std::ranges::reverse(packets);
  return packets;
}

void write_ethernet_header(ByteWriter& writer, Side from, std::uint16_t type,
                           const FrameWords& words) {
  MacAddress client = {0x02, 0, 0, 0, 0, 1};
  MacAddress server = {0x02, 0, 0, 0, 0, 2};
  if (from == Side::server) std::swap(client, server);
  const std::vector<std::uint32_t> tags = words.numbers("vlan");
  const auto outer = static_cast<std::uint16_t>(words.number("tpid", ether_type::kVlan));
  write_ethernet(writer, server, client, tags.empty() ? type : outer);
  for (std::size_t index = 0; index < tags.size(); ++index) {
    const bool is_last = index + 1 == tags.size();
    write_vlan_tag(writer, {0, false, static_cast<std::uint16_t>(tags[index]),
                            is_last ? type : ether_type::kVlan});
  }
}

void write_link(ByteWriter& writer, Side from, bool is_v6, const FrameWords& words) {
  const std::uint16_t type = is_v6 ? ether_type::kIpv6 : ether_type::kIpv4;
  const auto direction = static_cast<std::uint8_t>(words.number("dir"));
  Bytes address = {0x02, 0, 0, 0, 0, 1, 0, 0};
  if (from == Side::server) address[5] = 2;
  switch (link_of(words)) {
    case LinkType::ethernet:
      return write_ethernet_header(writer, from, type, words);
    case LinkType::linux_cooked_v1:
      for (const int value : {int{direction}, 1, 6}) {
        writer.write_u16(static_cast<std::uint16_t>(value));
      }
      writer.write_bytes(address);
      return writer.write_u16(type);
    case LinkType::linux_cooked_v2:
      writer.write_u16(type);
      writer.write_u16(0);
      writer.write_u32(3);  // the interface
      writer.write_u16(1);
      writer.write_u8(direction);
      writer.write_u8(6);
      return writer.write_bytes(address);
    case LinkType::bsd_null:
      return writer.write_u32_le(is_v6 ? 30 : 2);
    case LinkType::bsd_loop:
      return writer.write_u32(is_v6 ? 24 : 2);
    case LinkType::ppp:
      writer.write_u16(0xff03);
      return writer.write_u16(is_v6 ? 0x57 : 0x21);
    case LinkType::raw_ip:
      return;
  }
}

}  // namespace

LinkType link_of(const FrameWords& words) {
  return static_cast<LinkType>(words.number("link", 1));
}

std::vector<Bytes> build_frames(const ScriptSegment& segment, const FrameEnds& ends,
                                const FrameWords& words) {
  const bool is_v6 = ends.from.address.version == IpVersion::v6;
  std::vector<Bytes> frames;
  for (const Bytes& packet : build_ip(segment, ends, words)) {
    ByteWriter writer;
    write_link(writer, segment.from, is_v6, words);
    writer.write_bytes(packet);
    Bytes frame = writer.take();
    if (words.has("pad") && frame.size() < kLeastEthernetFrame) {
      frame.resize(kLeastEthernetFrame, 0x55);
    }
    frames.push_back(std::move(frame));
  }
  return frames;
}

}  // namespace wireproof
