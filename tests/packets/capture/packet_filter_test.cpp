#include "packets/capture/packet_filter.h"

#include "catch.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

using Catch::Matchers::Contains;

PacketStore two_packets() {
  PacketStore store;
  append(store, TestDatagram{{}, endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:53"), "a"});
  append(store, TestDatagram{{}, endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:80"), "a"});
  return store;
}

}  // namespace

TEST_CASE("a filter takes the packets that tcpdump would show", "[capture]") {
  const PacketStore store = two_packets();
  PacketFilter filter("udp port 53");
  CHECK(filter.takes(store.at(0)));
  CHECK_FALSE(filter.takes(store.at(1)));
}

TEST_CASE("a filter asks packets of each link type in its way", "[capture]") {
  const PacketStore store = two_packets();
  PacketFilter filter("dst host 10.0.0.2 and dst port 80");
  for (const std::size_t index : {0U, 1U}) {
    constexpr std::size_t kEthernetHeader = 14;
    RawPacket bare = store.at(index);
    bare.link = LinkType::raw_ip;
    bare.bytes = bare.bytes.subspan(kEthernetHeader);
    CHECK(filter.takes(bare) == (index == 1));
    CHECK(filter.takes(store.at(index)) == (index == 1));
  }
}

TEST_CASE("what is no filter is refused in libpcap's words", "[capture]") {
  CHECK_THROWS_AS(PacketFilter("tcp prt 80"), FilterError);
  CHECK_THROWS_WITH(PacketFilter("tcp prt 80"), Contains("syntax error"));
}

TEST_CASE("what a link type does not have cannot be asked of its packets", "[capture]") {
  PacketFilter filter("ether host 02:00:00:00:00:01");
  RawPacket bare = two_packets().at(0);
  bare.link = LinkType::raw_ip;
  bare.bytes = {};
  CHECK_THROWS_AS(filter.takes(bare), FilterError);
}

}  // namespace wireproof
