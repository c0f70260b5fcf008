#include "packets/capture/foreign_traffic.h"

#include "catch.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

constexpr std::uint16_t kServerPort = 5000;

std::size_t count_kept(ForeignTraffic& traffic, const PacketStore& store) {
  std::size_t kept = 0;
  for (const Packet& packet : store.decode_all()) kept += traffic.keeps(packet) ? 1 : 0;
  return kept;
}

PacketStore many(const TestDatagram& datagram, std::size_t count) {
  PacketStore store;
  for (std::size_t index = 0; index < count; ++index) append(store, datagram);
  return store;
}

TestDatagram between(std::string_view from, std::string_view to) {
  return {{}, endpoint(from), endpoint(to), "x"};
}

}  // namespace

TEST_CASE("of packets beside the sheet a part is kept, and of its own all", "[capture]") {
  ForeignTraffic traffic({kServerPort});
  const std::size_t count = kMostForeignPackets + 7;
  const PacketStore foreign = many(between("127.0.0.1:1", "127.0.0.1:2"), count);
  CHECK(count_kept(traffic, foreign) == kMostForeignPackets);
  CHECK(traffic.left_out() == 7);
  const PacketStore own = many(between("127.0.0.2:3", "127.0.0.1:5000"), count);
  CHECK(count_kept(traffic, own) == count);
  CHECK(traffic.left_out() == 7);
}

TEST_CASE("packets beside the sheet are counted by their bytes, too", "[capture]") {
  ForeignTraffic traffic({kServerPort});
  const std::string large(60000, 'x');
  TestDatagram datagram = between("127.0.0.1:1", "127.0.0.1:2");
  datagram.payload = large;
  const PacketStore foreign = many(datagram, 100);
  CHECK(count_kept(traffic, foreign) == kMostForeignBytes / foreign.at(0).bytes.size());
}

TEST_CASE("who has spoken with the server is not beside the sheet, nor is an error about it",
          "[capture]") {
  ForeignTraffic traffic({kServerPort});
  const std::size_t count = kMostForeignPackets + 1;
  PacketStore store = many(between("127.0.0.2:3", "127.0.0.1:5000"), 1);
  for (std::size_t index = 0; index < count; ++index) {
    append(store, between("127.0.0.1:9", "127.0.0.2:3"));
  }
  append_port_unreachable(store, between("127.0.0.2:3", "127.0.0.1:5000"));
  CHECK(count_kept(traffic, store) == store.size());
  PacketStore errors;
  for (std::size_t index = 0; index < count; ++index) {
    append_port_unreachable(errors, between("127.0.0.1:1", "127.0.0.1:2"));
  }
  CHECK(count_kept(traffic, errors) == kMostForeignPackets);
}

TEST_CASE("without a port of the server nothing is beside the sheet", "[capture]") {
  ForeignTraffic traffic({});
  const std::size_t count = kMostForeignPackets + 1;
  CHECK(count_kept(traffic, many(between("127.0.0.1:1", "127.0.0.1:2"), count)) == count);
}

}  // namespace wireproof
