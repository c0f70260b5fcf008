#include "packets/wire/unread.h"

#include "catch.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

// A frame of that ether type.
UnreadPackets& see(UnreadPackets& unread, std::uint16_t type) {
  Bytes frame(60, 0);
  frame[12] = static_cast<std::uint8_t>(type >> 8);
  frame[13] = static_cast<std::uint8_t>(type);
  unread.see(decode_packet(RawPacket{{}, 60, LinkType::ethernet, frame}));
  return unread;
}

TEST_CASE("the packets that are not read are counted, and the first of them named", "[wire]") {
  UnreadPackets unread;
  CHECK_FALSE(unread.any());
  see(unread, 0x8863);
  CHECK(unread.all());
  CHECK(unread.render() ==
        "1 of 1 packet is not read: ether type 0x8863 (PPPoE discovery) is not supported");
  see(unread, 0x8863);
  CHECK(unread.render() ==
        "2 of 2 packets are not read: ether type 0x8863 (PPPoE discovery) is not supported");
  see(unread, 0x1234);
  CHECK(unread.render() ==
        "3 of 3 packets are not read: ether type 0x8863 (PPPoE discovery) is not supported, "
        "and others");
  see(unread, 0x0806);
  CHECK(unread.any());
  CHECK_FALSE(unread.all());
}

TEST_CASE("packets that are malformed or cut are not unsupported", "[wire]") {
  UnreadPackets unread;
  unread.see(decode_packet(RawPacket{{}, 60, LinkType::ethernet, as_bytes("abc")}));
  CHECK_FALSE(unread.any());
  CHECK(unread.render().empty());
}

TEST_CASE("numbers of each registry have their words, with a name where there is one", "[wire]") {
  const auto text = [](Registry registry, std::uint32_t number) {
    UnreadPackets unread;
    Packet packet;
    packet.defect = Defect{Layer::link, 0, {}, DefectKind::unsupported, registry, number};
    unread.see(packet);
    return unread.render().substr(std::string_view("1 of 1 packet is not read: ").size());
  };
  CHECK(text(Registry::link_type, 127) == "link type 127 (radiotap) is not supported");
  CHECK(text(Registry::link_type, 65535) == "link type 65535 is not supported");
  CHECK(text(Registry::address_family, 23) == "address family 23 is not supported");
  CHECK(text(Registry::ppp_protocol, 0xc021) == "PPP protocol 0xc021 (LCP) is not supported");
  CHECK(text(Registry::ip_protocol, 47) == "IP protocol 47 (GRE) is not supported");
  CHECK(text(Registry::llc, 0x42) == "LLC frame 0x42 (spanning tree) is not supported");
}

}  // namespace
}  // namespace wireproof
