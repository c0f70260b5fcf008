#include "judge/traffic/own_traffic.h"

#include "catch.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

const Endpoint kAskedServer = endpoint("10.0.0.2:80");
const Endpoint kOwn = endpoint("10.0.0.1:5000");
const Endpoint kOther = endpoint("10.0.0.1:5001");

std::size_t kept(const PacketStore& packets) {
  return keep_own_traffic(packets, {{"client", kOwn, true}, {"udp", kOwn, false}}).size();
}

}  // namespace

TEST_CASE("of all traffic with the server a session keeps that of its own ports", "[session]") {
  PacketStore packets;
  TestConversation own(packets, kOwn, kAskedServer);
  TestConversation other(packets, kOther, kAskedServer);
  own.handshake();
  other.handshake();
  append(packets, TestDatagram{{}, kAskedServer, kOther, "to another client"});
  append(packets, TestDatagram{{}, kAskedServer, kOwn, "answer"});
  CHECK(kept(packets) == 4);
}

TEST_CASE("an answer from another port of the server is the session's all the same", "[session]") {
  PacketStore packets;
  append(packets, TestDatagram{{}, endpoint("10.0.0.2:81"), kOwn, "answer"});
  CHECK(kept(packets) == 1);
}

TEST_CASE("an ICMP error belongs to whom it quotes", "[session]") {
  PacketStore packets;
  append_port_unreachable(packets, TestDatagram{{}, kOwn, kAskedServer, "hello"});
  append_port_unreachable(packets, TestDatagram{{}, kOther, kAskedServer, "hello"});
  CHECK(kept(packets) == 1);
}

TEST_CASE("a port is a TCP client's or a UDP client's, not both", "[session]") {
  PacketStore packets;
  append(packets, TestDatagram{{}, kAskedServer, kOwn, "answer"});
  CHECK(keep_own_traffic(packets, {{"client", kOwn, true}}).size() == 0);
}

TEST_CASE("of a server's calls a session keeps those for its own clients", "[session]") {
  const auto make = [](const std::string& name, std::uint64_t socket,
                       std::optional<Endpoint> remote, std::uint64_t accepted = 0) {
    SocketCall call;
    call.side = Side::server;
    call.name = name;
    call.socket = socket;
    call.remote = remote;
    call.new_socket = accepted;
    return call;
  };
  SocketCall wait = make("epoll_wait", 0, std::nullopt);
  wait.ready = {{1, 3, true, false}};
  SocketCall other_wait = wait;
  other_wait.ready = {{12, 6, true, false}};
  const std::vector<SocketCall> own{make("accept", 1, std::nullopt),  // nobody came
                                    wait,
                                    make("accept", 1, kOwn, 11),
                                    make("recv", 11, kOwn),
                                    make("recvfrom", 2, kOwn),
                                    make("close", 11, kOwn),
                                    make("close", 1, std::nullopt)};
  const std::vector<SocketCall> others{make("accept", 1, kOther, 12),
                                       other_wait,
                                       make("send", 12, kOther),
                                       make("recvfrom", 2, kOther),
                                       make("connect", 13, endpoint("10.0.0.3:80")),
                                       make("close", 12, kOther)};
  std::vector<SocketCall> calls = own;
  calls.insert(calls.begin() + 2, others.begin(), others.end());
  CHECK(keep_own_calls(calls, {{"client", kOwn, true}}) == own);
}

TEST_CASE("what is no IP, and an ICMP message that quotes nothing, is nobody's", "[session]") {
  PacketStore packets;
  append_frame(packets, Duration(0), Bytes(60, 0));
  append_frame(
      packets, Duration(0),
      build_ip_frame(kAskedServer.address, kOwn.address, 1, Bytes{8, 0, 0, 0, 0, 0, 0, 0}));
  CHECK(kept(packets) == 0);
}

TEST_CASE("an ICMP error for a datagram is none of a TCP client's with that port", "[session]") {
  PacketStore packets;
  append_port_unreachable(packets, TestDatagram{{}, kOwn, kAskedServer, "hello"});
  CHECK(keep_own_traffic(packets, {{"client", kOwn, true}}).size() == 0);
  CHECK(keep_own_traffic(packets, {{"client", kOwn, false}}).size() == 1);
}

TEST_CASE("a wait for a listening socket is kept where a client came to it", "[session]") {
  SocketCall accept;
  accept.side = Side::server;
  accept.name = "accept";
  accept.socket = 1;
  accept.remote = kOwn;
  accept.new_socket = 11;
  SocketCall wait = accept;
  wait.name = "epoll_wait";
  wait.socket = wait.new_socket = 0;
  wait.remote.reset();
  wait.ready = {{1, 3, true, false}};
  const std::vector<SocketCall> calls{wait, accept};
  CHECK(keep_own_calls(calls, {{"client", kOwn, true}}) == calls);
  CHECK(keep_own_calls({wait}, {{"client", kOwn, true}}).empty());
}

}  // namespace wireproof
