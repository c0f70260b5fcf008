#include "catch.h"
#include "expect/cause/inferred_causes.h"

namespace wireproof {
namespace {

using Indexes = std::vector<std::size_t>;

}  // namespace

TEST_CASE("a call knows its packets, and a packet its calls, by byte range", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.client("question");          // packet 3
  tcp.server("abcdef");            // packet 4: a write of 2 and 4 of the send's 6 bytes
  tcp.server("gh");                // packet 5: the send's last 2
  tcp.server("", tcp_flag::kFin);  // packet 6
  CallLogBuilder log;
  log.add_accept(0, 1);                           // 0
  log.add_wait("epoll_wait", kConnection, 2, 3);  // 1
  log.add("recv", 5, 4, 4);                       // 2
  log.add("recv", 3, 4, 4);                       // 3
  log.add("write", 2, 4, 4);                      // 4
  log.add("send", 6, 4, 5);                       // 5
  log.add_close(6, 6);                            // 6
  const auto causes = causes_by_packet(store, log);
  CHECK(causes.at(0).taking_calls == Indexes{0});
  CHECK(causes.at(1).causing_calls == Indexes{0});
  CHECK(causes.at(2).causing_calls.empty());
  CHECK(causes.at(3).taking_calls == Indexes{1, 2, 3});
  CHECK(causes.at(4).causing_calls == Indexes{4, 5});
  CHECK(causes.at(6).causing_calls == Indexes{6});

  const std::vector<CallPackets> calls = join_packets(causes, log.calls.size());
  REQUIRE(calls.size() == 7);
  CHECK(calls[0] == CallPackets{{1}, {0}});
  CHECK(calls[1] == CallPackets{{}, {3}});
  CHECK(calls[2] == CallPackets{{}, {3}});
  CHECK(calls[3] == CallPackets{{}, {3}});
  CHECK(calls[4] == CallPackets{{4}, {}});
  CHECK(calls[5] == CallPackets{{4, 5}, {}});
  CHECK(calls[6] == CallPackets{{6}, {}});
}

TEST_CASE("a call that took data and FIN of one packet takes it once", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.client("12", tcp_flag::kFin);  // packet 3
  CallLogBuilder log;
  log.add_accept(0, 1);
  log.add("recv", 2, 2, 3);
  log.add("recv", 0, 3, 3);  // the end of the stream
  CHECK(causes_by_packet(store, log).at(3).taking_calls == Indexes{1, 2});
}

TEST_CASE("a datagram knows the calls that sent and received it", "[expect]") {
  PacketStore store;
  append(store, TestDatagram{std::chrono::milliseconds(1), kClient, kServer, "123"});
  append(store, TestDatagram{std::chrono::milliseconds(2), kServer, kClient, "12"});
  CallLogBuilder log;
  log.add("recvfrom", 3, 0, 1);
  log.add("sendto", 2, 2, 2);
  const std::vector<CallPackets> calls = join_packets(causes_by_packet(store, log), 2);
  CHECK(calls[0] == CallPackets{{}, {0}});
  CHECK(calls[1] == CallPackets{{1}, {}});
}

}  // namespace wireproof
