#include "session/own_traffic.h"

#include "catch.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

const Endpoint kServer = endpoint("10.0.0.2:80");
const Endpoint kOwn = endpoint("10.0.0.1:5000");
const Endpoint kOther = endpoint("10.0.0.1:5001");

std::size_t kept(const PacketStore& packets) {
  return keep_own_traffic(packets, {{"client", kOwn, true}, {"udp", kOwn, false}}).size();
}

}  // namespace

TEST_CASE("of all traffic with the server a session keeps that of its own ports", "[session]") {
  PacketStore packets;
  TestConversation own(packets, kOwn, kServer);
  TestConversation other(packets, kOther, kServer);
  own.handshake();
  other.handshake();
  append(packets, TestDatagram{{}, kServer, kOther, "to another client"});
  append(packets, TestDatagram{{}, kServer, kOwn, "answer"});
  CHECK(kept(packets) == 4);
}

TEST_CASE("an answer from another port of the server is the session's all the same", "[session]") {
  PacketStore packets;
  append(packets, TestDatagram{{}, endpoint("10.0.0.2:81"), kOwn, "answer"});
  CHECK(kept(packets) == 1);
}

TEST_CASE("an ICMP error belongs to whom it quotes", "[session]") {
  PacketStore packets;
  append_port_unreachable(packets, TestDatagram{{}, kOwn, kServer, "hello"});
  append_port_unreachable(packets, TestDatagram{{}, kOther, kServer, "hello"});
  CHECK(kept(packets) == 1);
}

TEST_CASE("a port is a TCP client's or a UDP client's, not both", "[session]") {
  PacketStore packets;
  append(packets, TestDatagram{{}, kServer, kOwn, "answer"});
  CHECK(keep_own_traffic(packets, {{"client", kOwn, true}}).size() == 0);
}

}  // namespace wireproof
