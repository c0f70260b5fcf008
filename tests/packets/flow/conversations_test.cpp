#include "catch.h"
#include "packets/flow/captured.h"
#include "support/header_writer.h"

namespace wireproof {
namespace {

using Indexes = std::vector<std::size_t>;

// Both ends of a connection, to say who is the client.
void open(PacketStore& store, const Endpoint& client, const Endpoint& server) {
  TestConversation(store, client, server).handshake();
}

}  // namespace

TEST_CASE("a port unreachable belongs to the exchange that it quotes", "[flow]") {
  for (const bool by_client : {false, true}) {
    Captured capture;
    append(capture.store, TestDatagram{{}, kClient, kNameServer, "ask"});
    const TestDatagram answer{{}, kNameServer, kClient, "answer"};
    const TestDatagram ask{{}, kClient, kNameServer, "ask"};
    append_port_unreachable(capture.store, by_client ? answer : ask);
    append(capture.store, TestDatagram{{}, endpoint("10.0.0.2:54"), kClient, "wrong port"});
    const Conversations& sorted = capture.sort(0, 53);
    REQUIRE(sorted.udp.size() == 1);
    REQUIRE(sorted.udp[0].datagrams.size() == 2);
    const Datagram& error = sorted.udp[0].datagrams[1];
    CHECK(error.port_unreachable);
    CHECK(error.packet == 1);
    CHECK(error.from == (by_client ? Side::client : Side::server));
    CHECK_FALSE(sorted.udp[0].datagrams[0].port_unreachable);
    CHECK(sorted.others == Indexes{2});
  }
}

TEST_CASE("a port unreachable about nobody here is of none", "[flow]") {
  Captured capture;
  append(capture.store, TestDatagram{{}, kClient, kNameServer, "ask"});
  append_port_unreachable(capture.store, {{}, endpoint("10.0.0.1:5001"), kNameServer, "ask"});
  CHECK(capture.sort(0, 53).others == Indexes{1});
}

TEST_CASE("the end with the server's port is the server, whoever speaks first", "[flow]") {
  Captured capture;
  append(capture.store, TestDatagram{{}, kNameServer, kClient, "hello"});
  append(capture.store, TestDatagram{{}, kClient, kNameServer, "hi"});
  TestConversation tcp(capture.store, kClient, endpoint("10.0.0.2:80"));
  tcp.skip_client("x");
  tcp.skip_server("x");
  tcp.server("hello");
  const Conversations& sorted = capture.sort(80, 53);
  REQUIRE(sorted.udp.size() == 1);
  CHECK(sorted.udp[0].client == kClient);
  CHECK(sorted.udp[0].server == kNameServer);
  CHECK(sorted.udp[0].datagrams[0].from == Side::server);
  CHECK(sorted.udp[0].datagrams[1].from == Side::client);
  REQUIRE(sorted.tcp.size() == 1);
  CHECK(sorted.tcp[0].client == kClient);
  CHECK(sorted.tcp[0].segments[0].from == Side::server);
  CHECK(sorted.others.empty());
}

TEST_CASE("packets of other ports are of no conversation", "[flow]") {
  Captured capture;
  append(capture.store, TestDatagram{{}, kClient, endpoint("10.0.0.2:54"), "ask"});
  open(capture.store, kClient, endpoint("10.0.0.2:81"));
  CHECK(capture.sort(80, 53).others == Indexes{0, 1, 2, 3});
}

TEST_CASE("where both ends have the port the first sender is the client", "[flow]") {
  const Endpoint peer = endpoint("10.0.0.9:53");
  Captured capture;
  append(capture.store, TestDatagram{{}, peer, kNameServer, "ask"});
  append(capture.store, TestDatagram{{}, kNameServer, peer, "answer"});
  const Conversations& sorted = capture.sort(80, 53);
  REQUIRE(sorted.udp.size() == 1);
  CHECK(sorted.udp[0].client == peer);
  CHECK(sorted.udp[0].datagrams[1].from == Side::server);
}

TEST_CASE("without a port the first sender is the client, but one that answers a SYN", "[flow]") {
  Captured capture;
  append(capture.store, TestDatagram{{}, kNameServer, kClient, "first"});
  PacketStore handshake;
  open(handshake, kClient, kNameServer);
  capture.store.append(handshake.at(1));
  capture.store.append(handshake.at(0));
  const Conversations& sorted = capture.sort(0, 0);
  REQUIRE(sorted.udp.size() == 1);
  CHECK(sorted.udp[0].client == kNameServer);
  REQUIRE(sorted.tcp.size() == 1);
  CHECK(sorted.tcp[0].client == kClient);
  CHECK(sorted.tcp[0].server == kNameServer);
}

TEST_CASE("a new connection on the same ends may go the other way", "[flow]") {
  Captured capture;
  TestConversation first(capture.store, kClient, kNameServer);
  first.handshake();
  first.close();
  TestConversation second(capture.store, kNameServer, kClient);
  second.set_initial_sequences(77'000, 88'000);
  second.handshake();
  const Conversations& sorted = capture.sort(0, 0);
  REQUIRE(sorted.tcp.size() == 2);
  CHECK(sorted.tcp[0].client == kClient);
  CHECK(sorted.tcp[0].segments.size() == 7);
  CHECK(sorted.tcp[1].client == kNameServer);
  CHECK(sorted.tcp[1].segments.size() == 3);
  CHECK(sorted.tcp[1].segments[0].from == Side::client);
}

TEST_CASE("clients of one address are kept apart by their ports", "[flow]") {
  Captured capture;
  for (std::uint16_t port = 1; port <= 2000; ++port) {
    append(capture.store, TestDatagram{{}, {kClient.address, port}, kNameServer, "ask"});
  }
  CHECK(capture.sort(0, 53).udp.size() == 2000);
}

TEST_CASE("a datagram that snaplen cut says so, an ICMP error does not", "[flow]") {
  Captured capture;
  const TestDatagram datagram{{}, kClient, kNameServer, "0123456789"};
  for (const Bytes& frame : {build_frame(datagram), build_port_unreachable(datagram)}) {
    capture.store.append({kTestStart, static_cast<std::uint32_t>(frame.size()), LinkType::ethernet,
                          ByteView(frame).first(frame.size() - 4)});
  }
  const Conversations& sorted = capture.sort(0, 53);
  REQUIRE(sorted.udp.at(0).datagrams.size() == 2);
  CHECK(sorted.udp[0].datagrams[0].truncated);
  CHECK(sorted.udp[0].datagrams[0].payload_size == 10);
  CHECK_FALSE(sorted.udp[0].datagrams[1].truncated);
}

TEST_CASE("packets whose ports snaplen cut are counted, unless they are surely others", "[flow]") {
  struct Case {
    std::size_t captured;
    std::size_t of_port_53;  // among a datagram to it, one to port 54, and one of SCTP
    std::size_t of_any;
  };
  constexpr std::size_t kIpAt = 14;
  constexpr std::size_t kPortsAt = kIpAt + 20;
  const Case cases[] = {{kPortsAt + 6, 1, 2}, {kPortsAt + 3, 2, 2}, {kIpAt + 19, 3, 3}};
  for (const Case& item : cases) {
    INFO(item.captured << " bytes");
    Captured capture;
    const TestDatagram wanted{{}, kClient, kNameServer, "ask"};
    const TestDatagram other{{}, kClient, {kNameServer.address, 54}, "ask"};
    for (Bytes frame : {build_frame(wanted), build_frame(other), build_frame(wanted)}) {
      if (capture.store.size() == 2) frame[kIpAt + 9] = 132;
      capture.store.append({kTestStart, static_cast<std::uint32_t>(frame.size()),
                            LinkType::ethernet, ByteView(frame).first(item.captured)});
    }
    CHECK(capture.sort(0, 53).cut_packets == item.of_port_53);
    CHECK(capture.sort(0, 0).cut_packets == item.of_any);
    CHECK(capture.sort(0, 0).others.size() == 3);
  }
}

TEST_CASE("a port unreachable that quotes no ports is of none", "[flow]") {
  const TestDatagram ask{{}, kClient, kNameServer, "ask"};
  Captured capture;
  append(capture.store, ask);
  const Bytes error = build_port_unreachable(ask);
  constexpr std::size_t kQuoteAt = 14 + 20 + 8;
  append_frame(capture.store, {}, ByteView(error).first(kQuoteAt + 22));  // half of the ports
  Bytes about_tcp = error;
  about_tcp[kQuoteAt + 9] = ip_protocol::kTcp;
  append_frame(capture.store, {}, about_tcp);
  CHECK(capture.sort(0, 53).others == Indexes{1, 2});
  CHECK(capture.sorted.udp.at(0).datagrams.size() == 1);
}

}  // namespace wireproof
