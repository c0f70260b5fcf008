#include "packets/flow/connection_watch.h"

#include "catch.h"
#include "packets/flow/captured.h"

namespace wireproof {
namespace {

ConnectionWatch watch(const PacketStore& store, std::uint16_t port = 80) {
  ConnectionWatch result(port);
  for (const Packet& packet : store.decode_all()) result.see(packet);
  return result;
}

}  // namespace

TEST_CASE("a connection has ended once both FINs are acknowledged, not before", "[flow]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  CHECK(watch(store).all_ended());
  tcp.handshake();
  CHECK_FALSE(watch(store).all_ended());
  tcp.client("hello");
  tcp.client("", tcp_flag::kFin);
  tcp.server_ack();
  CHECK_FALSE(watch(store).all_ended());
  tcp.server("", tcp_flag::kFin);
  CHECK_FALSE(watch(store).all_ended());
  tcp.client_ack();
  CHECK(watch(store).all_ended());
}

TEST_CASE("an ACK of the data before a FIN does not acknowledge the FIN", "[flow]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.set_initial_sequences(0xfffffff0, 0xfffffff8);  // both wrap
  tcp.handshake();
  tcp.client("more than sixteen bytes");
  TestSegment early = tcp.next_of_server();
  early.flags = tcp_flag::kAck;
  tcp.client("", tcp_flag::kFin);
  tcp.server("", tcp_flag::kFin);
  append(store, early);  // was on its way
  tcp.client_ack();
  CHECK(watch(store).all_ended());

  PacketStore unacknowledged;
  TestConversation other(unacknowledged, kClient, kServer);
  other.handshake();
  other.client("data");
  TestSegment only_data = other.next_of_server();
  only_data.flags = tcp_flag::kAck | tcp_flag::kFin;
  other.client("", tcp_flag::kFin);
  append(unacknowledged, only_data);
  TestSegment last = other.next_of_client();
  last.flags = tcp_flag::kAck;
  last.acknowledgement = only_data.sequence + 1;
  append(unacknowledged, last);
  CHECK_FALSE(watch(unacknowledged).all_ended());
}

TEST_CASE("a RST of either side ends a connection", "[flow]") {
  for (const bool by_client : {true, false}) {
    PacketStore store;
    TestConversation tcp(store, kClient, kServer);
    tcp.handshake();
    if (by_client) {
      tcp.client("", tcp_flag::kRst);
    } else {
      tcp.server("", tcp_flag::kRst);
    }
    CHECK(watch(store).all_ended());
  }
}

TEST_CASE("a SYN on the addresses of an ended connection opens another", "[flow]") {
  PacketStore store;
  TestConversation first(store, kClient, kServer);
  first.handshake();
  first.close();
  CHECK(watch(store).all_ended());
  TestConversation second(store, kClient, kServer);
  second.handshake();
  CHECK_FALSE(watch(store).all_ended());
  second.close();
  CHECK(watch(store).all_ended());
}

TEST_CASE("connections to other ports do not hold up the end of a capture", "[flow]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  CHECK(watch(store, 7001).all_ended());
  CHECK_FALSE(watch(store, 0).all_ended());
}

TEST_CASE("what was open before the watch began does not hold it up", "[flow]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.skip_client("x");
  tcp.skip_server("x");
  tcp.client("data");
  tcp.server("", tcp_flag::kSyn);  // nor does the answer to a SYN that nobody saw
  CHECK(watch(store).all_ended());
}

}  // namespace wireproof
