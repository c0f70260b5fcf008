#include "packets/wire/packet.h"

#include "catch.h"
#include "packets/wire/ip.h"
#include "packets/wire/link.h"
#include "packets/wire/transport.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

constexpr std::size_t kIpOffset = 14;
constexpr std::size_t kTransportOffset = 34;  // behind an IPv4 header

TestSegment segment(std::string_view payload) {
  TestSegment result;
  result.from = endpoint("10.0.0.1:5000");
  result.to = endpoint("10.0.0.2:80");
  result.flags = tcp_flag::kPsh | tcp_flag::kAck;
  result.sequence = 100;
  result.acknowledgement = 200;
  result.payload = payload;
  return result;
}

TestDatagram datagram(std::string_view payload, bool v6 = false) {
  TestDatagram result;
  result.from = endpoint(v6 ? "[2001:db8::1]:5000" : "10.0.0.1:5000");
  result.to = endpoint(v6 ? "[2001:db8::2]:53" : "10.0.0.2:53");
  result.payload = payload;
  return result;
}

// The frame of a segment behind another link header than Ethernet's.
Bytes behind(const Bytes& link_header, const Bytes& frame) {
  Bytes bytes = link_header;
  bytes.insert(bytes.end(), frame.begin() + kIpOffset, frame.end());
  return bytes;
}

TEST_CASE("a TCP segment over Ethernet and IPv4 is decoded to its payload", "[wire]") {
  const Bytes frame = build_frame(segment("ping"));
  const Packet packet = decode_frame(frame);
  CHECK_FALSE(packet.defect.has_value());
  CHECK(packet.ether_type == ether_type::kIpv4);
  REQUIRE(packet.ip.has_value());
  CHECK(packet.ip->source == endpoint("10.0.0.1:0").address);
  CHECK(packet.ip->protocol == ip_protocol::kTcp);
  REQUIRE(packet.tcp() != nullptr);
  CHECK(packet.tcp()->source_port == 5000);
  CHECK(packet.tcp()->sequence == 100);
  CHECK(as_text(packet.payload) == "ping");
  CHECK(packet.payload_size == 4);
}

TEST_CASE("padding behind the IP packet is no payload", "[wire]") {
  Bytes frame = build_frame(segment(""));
  frame.resize(60, 0xaa);
  const Packet packet = decode_frame(frame);
  CHECK_FALSE(packet.defect.has_value());
  CHECK(packet.payload.empty());
  CHECK(packet.payload_size == 0);
}

TEST_CASE("an IPv4 total length of zero means the rest of the packet", "[wire]") {
  Bytes frame = build_frame(segment("ping"));
  frame[kIpOffset + 2] = 0;
  frame[kIpOffset + 3] = 0;
  const Packet packet = decode_frame(frame);
  CHECK_FALSE(packet.defect.has_value());
  CHECK(packet.payload_size == 4);
}

TEST_CASE("a payload that snaplen cut keeps its size on the wire", "[wire]") {
  const Bytes frame = build_frame(segment("0123456789"));
  const ByteView captured = ByteView(frame).first(frame.size() - 6);
  const Packet packet = decode_packet(
      RawPacket{{}, static_cast<std::uint32_t>(frame.size()), LinkType::ethernet, captured});
  CHECK_FALSE(packet.defect.has_value());
  CHECK(as_text(packet.payload) == "0123");
  CHECK(packet.payload_size == 10);
}

TEST_CASE("every link type leads to the same IP packet", "[wire]") {
  const Bytes frame = build_frame(segment("ping"));
  struct Case {
    LinkType link;
    Bytes header;
  };
  const Case cases[] = {
      {LinkType::raw_ip, {}},
      {LinkType::linux_cooked_v1, {0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 8, 0}},
      {LinkType::linux_cooked_v2, {8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0}},
      {LinkType::bsd_null, {2, 0, 0, 0}},
      {LinkType::bsd_null, {0, 0, 0, 2}},
      {LinkType::bsd_loop, {0, 0, 0, 2}},
      {LinkType::ppp, {0xff, 0x03, 0x00, 0x21}},
      {LinkType::ppp, {0x00, 0x21}},
      {LinkType::ppp, {0x21}},
      {LinkType::ethernet,
       {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x88, 0x64, 0x11, 0, 0, 1, 0, 0, 0x00, 0x21}},
      {LinkType::linux_cooked_v1,
       {0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 0x88, 0x64, 0x11, 0, 0, 1, 0, 0, 0x00, 0x21}},
      {LinkType::ethernet, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x81, 0, 0, 5, 8, 0}},
      {LinkType::ethernet,
       {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 0}},
      {LinkType::ethernet,
       {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 60, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0}},
      {LinkType::ethernet, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x88, 0x47, 0, 1, 1, 64}},
      {LinkType::linux_cooked_v1,
       {0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 0x88, 0x48, 0, 1, 0, 64, 0, 2, 1, 64}}};
  for (const Case& item : cases) {
    const Bytes bytes = behind(item.header, frame);
    INFO("link type " << static_cast<int>(item.link) << ", header of " << item.header.size());
    const Packet packet = decode_frame(bytes, item.link);
    CHECK_FALSE(packet.defect.has_value());
    CHECK(packet.tcp() != nullptr);
    CHECK(as_text(packet.payload) == "ping");
    // Each byte of the link header is needed.
    for (std::size_t size = 0; size < item.header.size(); ++size) {
      INFO("prefix of " << size);
      const Packet cut =
          decode_frame(Bytes(bytes.begin(), bytes.begin() + static_cast<long>(size)), item.link);
      CHECK(cut.defect.has_value());
      CHECK(cut.tcp() == nullptr);
    }
  }
}

TEST_CASE("the ids of its VLAN tags are the packet's, the outer one first", "[wire]") {
  const Bytes frame =
      behind({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x88, 0xa8, 0x20, 5, 0x81, 0, 0, 6, 8, 0},
             build_frame(segment("")));
  CHECK(decode_frame(frame).vlan == (5 << 12 | 6));
  Bytes priority = frame;
  priority[15] = 0;  // of the outer tag
  CHECK(decode_frame(priority).vlan == 6);
  CHECK(decode_frame(build_frame(segment(""))).vlan == 0);
}

TEST_CASE("every shorter prefix of a frame's headers has one defect", "[wire]") {
  TestSegment syn = segment("");
  syn.options = syn_options();
  for (const Bytes& frame : {build_frame(syn), build_frame(datagram("", true))}) {
    for (std::size_t size = 0; size < frame.size(); ++size) {
      INFO("prefix of " << size << " of " << frame.size());
      const Packet packet = decode_packet(RawPacket{{},
                                                    static_cast<std::uint32_t>(frame.size()),
                                                    LinkType::ethernet,
                                                    ByteView(frame).first(size)});
      REQUIRE(packet.defect.has_value());
      CHECK(packet.defect->offset <= size);
      CHECK(packet.ip.has_value() ==
            (packet.defect->layer == Layer::tcp || packet.defect->layer == Layer::udp));
    }
  }
}

// The first bytes of a frame, as a capture with that snap length has them.
Packet decode_cut(const Bytes& frame, std::size_t size) {
  return decode_packet(RawPacket{{},
                                 static_cast<std::uint32_t>(frame.size()),
                                 LinkType::ethernet,
                                 ByteView(frame).first(size)});
}

TEST_CASE("of TCP options that the snap length cut, ports, flags and numbers stay", "[wire]") {
  TestSegment cut = segment("ping");
  cut.options = parse_hex("02 04 05 b4 01 01 08 0a 00 00 00 01 00 00 00 02").value();
  const Bytes frame = build_frame(cut);
  for (std::size_t size = kTransportOffset + 16; size < kTransportOffset + 36; ++size) {
    INFO("snap length " << size);
    const Packet packet = decode_cut(frame, size);
    REQUIRE(packet.tcp() != nullptr);
    CHECK(packet.tcp()->source_port == 5000);
    CHECK(packet.tcp()->destination_port == 80);
    CHECK(packet.tcp()->flags == (tcp_flag::kPsh | tcp_flag::kAck));
    CHECK(packet.tcp()->sequence == 100);
    CHECK(packet.tcp()->acknowledgement == 200);
    CHECK(packet.tcp()->window == 64240);
    const bool has_mss = size >= kTransportOffset + 24;
    CHECK(read_tcp_options(packet.tcp()->options).mss.has_value() == has_mss);
    CHECK(packet.payload.empty());
    CHECK(packet.payload_size == 4);
    CHECK(packet.is_cut());
    const bool has_header = size >= kTransportOffset + 20;
    CHECK(packet.defect ==
          (has_header ? Defect{Layer::tcp, 54, "tcp options are cut off", DefectKind::cut_off}
                      : Defect{Layer::tcp, kTransportOffset, "tcp header is cut off",
                               DefectKind::cut_off}));
  }
}

TEST_CASE("of a header that the snap length cut its ports stay, where they are there", "[wire]") {
  for (const bool is_tcp : {true, false}) {
    const Bytes frame = is_tcp ? build_frame(segment("ping")) : build_frame(datagram("ping"));
    const std::size_t most = is_tcp ? 16 : 8;
    for (std::size_t size = 0; size < most; ++size) {
      INFO((is_tcp ? "TCP" : "UDP") << " header of " << size);
      const Packet packet = decode_cut(frame, kTransportOffset + size);
      CHECK(packet.tcp() == nullptr);
      CHECK(packet.udp() == nullptr);
      CHECK(packet.has_cut_header());
      const std::uint16_t server = is_tcp ? 80 : 53;
      CHECK(packet.ports() ==
            (size < 4 ? std::nullopt : std::optional(TransportPorts{5000, server})));
      if (!is_tcp) CHECK(packet.payload_size == 4);
    }
  }
}

TEST_CASE("IPv4 options that the snap length cut take the transport away, not the ends", "[wire]") {
  Bytes frame = build_frame(datagram("ping"));
  frame[kIpOffset] = 0x46;  // four bytes of options, of which the ports are made here
  const Packet packet = decode_cut(frame, kTransportOffset + 3);
  CHECK(packet.defect ==
        Defect{Layer::ipv4, kTransportOffset, "ipv4 options are cut off", DefectKind::cut_off});
  REQUIRE(packet.ip.has_value());
  CHECK(packet.ip->source == endpoint("10.0.0.1:0").address);
  CHECK(packet.ip->destination == endpoint("10.0.0.2:0").address);
  CHECK(packet.ip->protocol == ip_protocol::kUdp);
  CHECK(packet.payload_size == 8);
  CHECK_FALSE(packet.ports().has_value());
}

TEST_CASE("type and code of an ICMP header that the snap length cut stay", "[wire]") {
  const Bytes frame = build_port_unreachable(datagram("ping"));
  CHECK(decode_cut(frame, kTransportOffset + 1).icmp() == nullptr);
  const Packet packet = decode_cut(frame, kTransportOffset + 6);
  REQUIRE(packet.icmp() != nullptr);
  CHECK(is_port_unreachable(*packet.icmp()));
  CHECK(packet.has_cut_header());
}

TEST_CASE("a header that is longer than its packet is malformed, however much was captured",
          "[wire]") {
  Bytes frame = build_frame(segment("ping"));
  frame[kTransportOffset + 12] = 0xf0;  // 60 bytes of 24
  const Packet whole = decode_frame(frame);
  CHECK(whole.defect == Defect{Layer::tcp, 54, "tcp options are cut off"});
  CHECK_FALSE(whole.has_cut_header());
  CHECK_FALSE(whole.ports().has_value());
  CHECK(decode_cut(frame, frame.size() - 1).tcp() == nullptr);
}

TEST_CASE("malformed fields are named with layer and offset, good layers stay", "[wire]") {
  struct Case {
    std::size_t offset;
    std::uint8_t value;
    Defect defect;
  };
  const Case cases[] = {
      {kIpOffset, 0x95, {Layer::ipv4, 14, "ip version is not 4"}},
      {kIpOffset, 0x44, {Layer::ipv4, 14, "ipv4 header length is below 20"}},
      {kIpOffset + 3, 19, {Layer::ipv4, 16, "ipv4 total length is smaller than its header"}},
      {kIpOffset + 3, 99, {Layer::ipv4, 16, "ipv4 total length is larger than the packet"}},
      {kTransportOffset + 12, 0x40, {Layer::tcp, 46, "tcp header length is below 20"}},
      {kTransportOffset + 12, 0xf0, {Layer::tcp, 54, "tcp options are cut off"}}};
  for (const Case& item : cases) {
    Bytes frame = build_frame(segment("ping"));
    frame[item.offset] = item.value;
    const Packet packet = decode_frame(frame);
    CHECK(packet.defect == item.defect);
    CHECK(packet.ip.has_value() == (item.offset != kIpOffset));
  }
}

TEST_CASE("a broken TCP option is a defect and the segment stays", "[wire]") {
  TestSegment broken = segment("ping");
  broken.options = {1, 1, 2, 9};
  const Bytes frame = build_frame(broken);
  const Packet packet = decode_frame(frame);
  CHECK(packet.defect == Defect{Layer::tcp, 56, "tcp option has a wrong length"});
  CHECK(packet.tcp() != nullptr);
  CHECK(as_text(packet.payload) == "ping");
}

TEST_CASE("a UDP length that does not fit is a defect", "[wire]") {
  Bytes frame = build_frame(datagram("ping"));
  frame[kTransportOffset + 5] = 7;
  CHECK(decode_frame(frame).defect == Defect{Layer::udp, 38, "udp length is below 8"});
  frame[kTransportOffset + 5] = 13;
  CHECK(decode_frame(frame).defect ==
        Defect{Layer::udp, 38, "udp length is larger than the ip payload"});
  frame[kTransportOffset + 5] = 10;
  const Packet packet = decode_frame(frame);
  CHECK_FALSE(packet.defect.has_value());
  CHECK(as_text(packet.payload) == "pi");
}

TEST_CASE("only the first fragment has a transport", "[wire]") {
  Bytes frame = build_frame(datagram("ping"));
  frame[kTransportOffset + 5] = 200;  // the whole datagram's length
  frame[kIpOffset + 6] = 0x20;        // more fragments
  const Packet first = decode_frame(frame);
  CHECK_FALSE(first.defect.has_value());
  CHECK(first.udp() != nullptr);
  CHECK(first.ip->is_fragment());
  frame[kIpOffset + 7] = 1;
  const Packet later = decode_frame(frame);
  CHECK(later.udp() == nullptr);
  CHECK(later.ip->fragment_offset_bytes == 8);
  CHECK(later.payload.size() == 12);
}

TEST_CASE("UDP over IPv6 is decoded, and zero as its payload length is the rest", "[wire]") {
  Bytes frame = build_frame(datagram("ping", true));
  for (const std::uint8_t length : {frame[kIpOffset + 5], std::uint8_t{0}}) {
    frame[kIpOffset + 5] = length;
    const Packet packet = decode_frame(frame);
    CHECK_FALSE(packet.defect.has_value());
    REQUIRE(packet.udp() != nullptr);
    CHECK(packet.udp()->destination_port == 53);
    CHECK(as_text(packet.payload) == "ping");
  }
}

TEST_CASE("a port unreachable quotes the datagram that it is about", "[wire]") {
  for (const bool v6 : {false, true}) {
    const TestDatagram about = datagram("ping", v6);
    const Bytes frame = build_port_unreachable(about);
    const Packet packet = decode_frame(frame);
    CHECK_FALSE(packet.defect.has_value());
    REQUIRE(packet.icmp() != nullptr);
    CHECK(is_port_unreachable(*packet.icmp()));
    CHECK(read_quoted_datagram(packet) == QuotedDatagram{ip_protocol::kUdp, about.from, about.to});
    Packet cut = packet;
    for (std::size_t size = 0; size < (v6 ? 44u : 24u); ++size) {
      cut.payload = packet.payload.first(size);
      CHECK_FALSE(read_quoted_datagram(cut));
    }
  }
}

// An ICMP error of that type around a quote.
Packet error_about(const Bytes& quote, std::uint8_t type, Bytes& frame) {
  Bytes icmp = {type, 4, 0, 0, 0, 0, 0, 0};
  icmp.insert(icmp.end(), quote.begin(), quote.end());
  const TestDatagram about = datagram("", true);
  frame = build_ip_frame(about.to.address, about.from.address, ip_protocol::kIcmpv6, icmp);
  return decode_frame(frame);
}

TEST_CASE("a quote is read behind extension headers, and of a first fragment only", "[wire]") {
  const TestDatagram about = datagram("ping", true);
  const Bytes sent = build_frame(about);
  Bytes frame;
  for (const bool is_first : {true, false}) {
    Bytes quote(sent.begin() + kIpOffset, sent.end());
    quote[6] = ip_protocol::kFragment;
    const std::uint8_t offset = is_first ? 0 : 8;
    const Bytes fragment = {ip_protocol::kUdp, 0, 0, offset, 0, 0, 0, 7};
    quote.insert(quote.begin() + 40, fragment.begin(), fragment.end());
    const auto quoted = read_quoted_datagram(error_about(quote, 1, frame));
    CHECK(quoted.has_value() == is_first);
    if (quoted) CHECK(*quoted == QuotedDatagram{ip_protocol::kUdp, about.from, about.to});
  }
  const Bytes quote(sent.begin() + kIpOffset, sent.end());
  CHECK(read_quoted_datagram(error_about(quote, 127, frame)).has_value());
  CHECK_FALSE(read_quoted_datagram(error_about(quote, 128, frame)).has_value());  // an echo
}

TEST_CASE("an Ethernet header without anything behind it is whole", "[wire]") {
  Bytes frame(kIpOffset, 0);
  frame[12] = 0x08;
  frame[13] = 0x06;
  const Packet packet = decode_frame(frame);
  CHECK_FALSE(packet.defect.has_value());
  CHECK(packet.ether_type == ether_type::kArp);
}

TEST_CASE("a length of up to 1500 begins an LLC frame, which may be cut off", "[wire]") {
  const Bytes frame = build_frame(segment("ping"));
  Bytes link(frame.begin(), frame.begin() + 12);
  const Bytes snap = {0x05, 0xdc, 0xaa, 0xaa, 0x03, 0, 0, 0, 0x08, 0};
  link.insert(link.end(), snap.begin(), snap.end());
  const Bytes whole = behind(link, frame);
  CHECK(decode_frame(whole).tcp() != nullptr);
  for (std::size_t size = kIpOffset; size < link.size(); ++size) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK(decode_frame(cut).ether_type == 0);
  }
}

TEST_CASE("IPv6 has another family in each BSD", "[wire]") {
  const Bytes frame = build_frame(datagram("ping", true));
  for (const int family : {24, 28, 30}) {
    CHECK(decode_frame(behind({0, 0, 0, static_cast<std::uint8_t>(family)}, frame),
                       LinkType::bsd_loop)
              .udp() != nullptr);
  }
  CHECK(decode_frame(behind({0, 0, 0, 23}, frame), LinkType::bsd_loop).udp() == nullptr);
}

TEST_CASE("a UDP length of zero is sound in a jumbogram only", "[wire]") {  // RFC 2675 §4
  Bytes frame = build_frame(datagram(std::string(60'000, 'x'), true));
  frame[kIpOffset + 4] = frame[kIpOffset + 5] = 0;  // the lengths of IPv6 and UDP
  frame[kIpOffset + 44] = frame[kIpOffset + 45] = 0;
  CHECK(decode_frame(frame).defect.has_value());
  frame.resize(frame.size() + 10'000);
  const Packet packet = decode_frame(frame);
  CHECK_FALSE(packet.defect.has_value());
  CHECK(packet.payload_size == 70'000);
}

Defect unsupported(Layer layer, std::uint32_t offset, Registry registry, std::uint32_t number) {
  return {layer, offset, {}, DefectKind::unsupported, registry, number};
}

TEST_CASE("an unsupported link type is a defect, not a loss", "[wire]") {
  const Packet packet = decode_frame({1, 2, 3}, LinkType{105});
  CHECK(packet.defect == unsupported(Layer::link, 0, Registry::link_type, 105));
  CHECK(packet.is_unsupported());
  CHECK(packet.raw.bytes.size() == 3);
}

TEST_CASE("what is not read is said by its number, behind what is read", "[wire]") {
  const Bytes ethernet = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  struct Case {
    const char* behind;
    Defect defect;
  };
  const Case cases[] = {
      {"88cc 00", unsupported(Layer::link, 14, Registry::ether_type, 0x88cc)},
      {"8100 0005 8847 00010140 00", unsupported(Layer::link, 22, Registry::ether_type, 0x8847)},
      {"8864 1100 0001 0004 c021 0101",
       unsupported(Layer::link, 20, Registry::ppp_protocol, 0xc021)},
      {"0026 4242 03", unsupported(Layer::link, 14, Registry::llc, 0x42)},
      {"0040 aaaa 03000000 88cc", unsupported(Layer::link, 22, Registry::ether_type, 0x88cc)}};
  for (const Case& item : cases) {
    INFO(item.behind);
    Bytes frame = ethernet;
    const Bytes rest = parse_hex(item.behind).value();
    frame.insert(frame.end(), rest.begin(), rest.end());
    CHECK(decode_frame(frame).defect == item.defect);
  }
  CHECK(decode_frame({0, 0, 0, 23}, LinkType::bsd_loop).defect ==
        unsupported(Layer::link, 0, Registry::address_family, 23));
  CHECK(decode_frame({23, 0, 0, 0}, LinkType::bsd_null).defect ==
        unsupported(Layer::link, 0, Registry::address_family, 23));
}

TEST_CASE("a packet within a packet is not read, other protocols are no defect", "[wire]") {
  const TestDatagram ends = datagram("", true);
  for (const int protocol : {4, 41, 47, 50, 97, 115, 137}) {
    const auto number = static_cast<std::uint8_t>(protocol);
    const Packet packet =
        decode_frame(build_ip_frame(ends.from.address, ends.to.address, number, {}));
    CHECK(packet.defect == unsupported(Layer::ipv6, 54, Registry::ip_protocol, number));
    CHECK(packet.ip.has_value());
  }
  const Bytes ospf = build_ip_frame(ends.from.address, ends.to.address, 89, {});
  CHECK_FALSE(decode_frame(ospf).defect.has_value());
}

}  // namespace
}  // namespace wireproof
