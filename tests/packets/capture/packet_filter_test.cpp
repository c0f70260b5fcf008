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
  PacketFilter filter = PacketFilter::parse("udp port 53").value();
  CHECK(filter.takes(store.at(0)));
  CHECK_FALSE(filter.takes(store.at(1)));
}

TEST_CASE("a filter asks packets of each link type in its way", "[capture]") {
  const PacketStore store = two_packets();
  PacketFilter filter = PacketFilter::parse("dst host 10.0.0.2 and dst port 80").value();
  for (const std::size_t index : {0U, 1U}) {
    constexpr std::size_t kEthernetHeader = 14;
    RawPacket bare = store.at(index);
    bare.link = LinkType::raw_ip;
    bare.bytes = bare.bytes.subspan(kEthernetHeader);
    CHECK(filter.takes(bare) == (index == 1));
    CHECK(filter.takes(store.at(index)) == (index == 1));
  }
}

TEST_CASE("what is no filter, or asks what no file has, is refused in libpcap's words",
          "[capture]") {
  const auto problem = [](const char* expression) {
    const auto filter = PacketFilter::parse(expression);
    return filter ? "" : filter.error();
  };
  CHECK_THAT(problem("tcp prt 80"), Contains("syntax error"));
  CHECK_THAT(problem("inbound"), Contains("not supported"));
  CHECK(problem("tcp port 80").empty());
}

TEST_CASE("packets that cannot be asked do not match, and it is said of the first of them",
          "[capture]") {
  PacketFilter filter = PacketFilter::parse("ether host 02:00:00:00:00:01").value();
  const PacketStore store = two_packets();
  filter.takes(store.at(0));
  CHECK_FALSE(filter.unasked().has_value());
  RawPacket bare = store.at(0);
  bare.link = LinkType::raw_ip;
  CHECK_FALSE(filter.takes(bare));
  REQUIRE(filter.unasked().has_value());
  CHECK_THAT(*filter.unasked(), Contains("link type 101: "));
}

}  // namespace wireproof
