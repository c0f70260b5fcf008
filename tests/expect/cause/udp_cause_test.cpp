#include <sys/socket.h>

#include <cerrno>

#include "catch.h"
#include "expect/cause/inferred_causes.h"
#include "support/doers.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

using Indexes = std::vector<std::size_t>;
using Kind = CauseFactKind;

const Endpoint kOther = endpoint("127.0.0.1:40001");

void add_datagram(PacketStore& store, int milliseconds, const Endpoint& from, const Endpoint& to,
                  std::string_view payload) {
  append(store, TestDatagram{std::chrono::milliseconds(milliseconds), from, to, payload});
}

const CauseFact* find_fact(const Cause& cause, Kind kind) {
  const auto fact = std::ranges::find(cause.facts, kind, &CauseFact::kind);
  return fact == cause.facts.end() ? nullptr : &*fact;
}

}  // namespace

TEST_CASE("a datagram that was longer than the buffer is told to be cut", "[expect]") {
  PacketStore store;
  add_datagram(store, 1, kClient, kServer, "hello, world");
  add_datagram(store, 2, kClient, kServer, "four");
  add_datagram(store, 3, kClient, kServer, "sixsix");
  CallLogBuilder log;
  log.add("recvfrom", 4, 0, 1).message_rooms = {4};
  log.add("recvfrom", 4, 1, 2).message_rooms = {4};
  SocketCall& told = log.add("recvmsg", 6, 2, 3);  // MSG_TRUNC: the result is the whole length
  told.message_rooms = {1};
  told.flags = MSG_TRUNC;
  const auto causes = causes_by_packet(store, log, 0);
  REQUIRE(find_fact(causes.at(0), Kind::cut) != nullptr);
  CHECK(*find_fact(causes.at(0), Kind::cut) == CauseFact{Kind::cut, 4, 0, {}, 0, 0, 12});
  CHECK(find_fact(causes.at(1), Kind::cut) == nullptr);
  REQUIRE(find_fact(causes.at(2), Kind::cut) != nullptr);
  CHECK(*find_fact(causes.at(2), Kind::cut) == CauseFact{Kind::cut, 1, 0, {}, 0, 0, 6});
}

TEST_CASE("a receive call with room left takes no longer datagram", "[expect]") {
  PacketStore store;
  add_datagram(store, 1, kClient, kServer, "lost because the buffer was full");
  add_datagram(store, 2, kClient, kServer, "four");
  CallLogBuilder log;
  log.add("recvfrom", 4, 0, 3).message_rooms = {100};
  const auto causes = causes_by_packet(store, log, 0);
  CHECK(causes.at(0).blocked.empty());
  CHECK(causes.at(1).blocked == called("recvfrom"));
}

TEST_CASE("nobody takes a datagram that the path lost, and two calls one that came twice",
          "[expect]") {
  UdpExchange exchange;
  exchange.client = kClient;
  exchange.server = kServer;
  for (const PacketFate fate : {PacketFate::lost, PacketFate::twice, PacketFate::arrived,
                                PacketFate::corrupted, PacketFate::corrupted_right}) {
    Datagram& datagram = exchange.datagrams.emplace_back();
    datagram.packet = exchange.datagrams.size() - 1;
    datagram.payload_size = 4;
    datagram.server_port = kServer.port;
    datagram.fate = fate;
  }
  CallLogBuilder log;
  for (int i = 0; i < 4; ++i) log.add("recvfrom", 4, i, i + 1);
  const std::vector<Cause> causes = infer_causes({&exchange, 1}, log.calls).at(0);
  CHECK(causes.at(0).taking_calls.empty());
  CHECK(causes.at(1).taking_calls == Indexes{0, 1});
  CHECK(causes.at(2).taking_calls == Indexes{2});
  CHECK(causes.at(3).taking_calls.empty());
  CHECK(causes.at(4).taking_calls == Indexes{3});
}

TEST_CASE("nothing takes a datagram to another port or address", "[expect]") {
  PacketStore store;
  add_datagram(store, 1, kClient, endpoint("127.0.0.1:12399"), "x");
  CallLogBuilder log;
  log.add("recvfrom", 1, 0, 2);
  log.add("recv", 1, 0, 2).remote.reset();
  const auto causes = causes_by_packet(store, log, 0);
  CHECK(causes.at(0).blocked.empty());
  CHECK(causes.at(0).taking_calls.empty());

  PacketStore other;
  add_datagram(other, 1, kClient, kServer, "x");
  log.calls.front().local = log.calls.back().local = endpoint("127.0.0.5:12345");
  CHECK(causes_by_packet(other, log, 0).at(0).blocked.empty());
  log.calls.back().local = endpoint("0.0.0.0:12345");
  CHECK(causes_by_packet(other, log, 0).at(0).blocked == called("recv"));
}

TEST_CASE("an answer from another port is joined with the calls of both programs", "[expect]") {
  const Endpoint transfer = endpoint("127.0.0.1:36076");
  PacketStore store;
  add_datagram(store, 1, kClient, kServer, "read me");
  add_datagram(store, 2, transfer, kClient, "DATA");
  CallLogBuilder log;
  log.add_client("sendto", 7, 1, 1);
  log.add("recvfrom", 7, 0, 1);
  SocketCall& answer = log.add("sendto", 4, 2, 2);
  answer.socket = kConnection + 10;
  answer.local = transfer;
  log.add_client("recvfrom", 4, 1, 2).remote = transfer;
  const Cause cause = causes_by_packet(store, log, 0).at(1);
  CHECK(cause.call == called("sendto"));
  CHECK_FALSE(cause.call_inferred);
  CHECK(cause.side == Side::server);
  CHECK(cause.blocked == called("recvfrom"));
  CHECK(cause.causing_calls == Indexes{2});
  CHECK(cause.taking_calls == Indexes{3});
}

TEST_CASE("a call that was not told the sender takes one datagram of all exchanges", "[expect]") {
  PacketStore store;
  add_datagram(store, 1, kClient, kServer, "same");
  add_datagram(store, 2, kOther, kServer, "same");
  add_datagram(store, 3, kClient, kServer, "same");
  CallLogBuilder log;
  for (int call = 1; call <= 3; ++call) log.add("recv", 4, 4, 4).remote.reset();
  const auto causes = causes_by_packet(store, log, 0);
  CHECK(causes.at(0).taking_calls == Indexes{0});
  CHECK(causes.at(1).taking_calls == Indexes{1});
  CHECK(causes.at(2).taking_calls == Indexes{2});
}

TEST_CASE("an ICMP error is joined with the call that failed because of it", "[expect]") {
  PacketStore store;
  const TestDatagram request{std::chrono::milliseconds(1), kClient, kServer, "123"};
  append(store, request);
  append_port_unreachable(store, request);
  CallLogBuilder log;
  log.add_client("send", 3, 1, 1);
  SocketCall& wait = log.add_wait("poll", kClientSocket, 1, 3);
  wait.side = Side::client;
  SocketCall& failed = log.add_client("recv", -1, 3, 3);
  failed.error_number = ECONNREFUSED;
  const Cause cause = causes_by_packet(store, log, 0).at(1);
  CHECK(cause.call == kByKernel);
  CHECK(cause.blocked == called("poll", "recv"));
  CHECK(cause.taking_calls == Indexes{1, 2});

  log.calls.back().error_number = EAGAIN;
  CHECK(causes_by_packet(store, log, 0).at(1).blocked.empty());
}

TEST_CASE("one send may be several datagrams, each taken by a call of its own", "[expect]") {
  PacketStore store;
  add_datagram(store, 1, kClient, kServer, "aaabbbc");  // as the loopback carries it
  CallLogBuilder log;
  log.add_client("send", 7, 1, 1).message_sizes = {3, 3, 1};
  log.add("recvfrom", 3, 0, 1);
  log.add("recvfrom", 3, 1, 1);
  log.add("recvfrom", 1, 1, 1);
  const Cause whole = causes_by_packet(store, log, 0).at(0);
  CHECK(whole.call == called("send"));
  CHECK(whole.taking_calls == Indexes{1, 2, 3});
  REQUIRE(find_fact(whole, Kind::segmented) != nullptr);
  CHECK(find_fact(whole, Kind::segmented)->count == 3);

  PacketStore pieces;  // where the device does not segment
  add_datagram(pieces, 1, kClient, kServer, "aaa");
  add_datagram(pieces, 1, kClient, kServer, "bbb");
  add_datagram(pieces, 1, kClient, kServer, "c");
  for (const auto& [packet, cause] : causes_by_packet(pieces, log, 0)) {
    CHECK(cause.causing_calls == Indexes{0});
    CHECK(cause.taking_calls == Indexes{packet + 1});
  }
}

TEST_CASE("each message of a call that moves several has its own peer and room", "[expect]") {
  PacketStore store;
  add_datagram(store, 1, kOther, kServer, "12345");
  add_datagram(store, 2, kClient, kServer, "abcde");
  CallLogBuilder log;
  SocketCall& several = log.add("recvmmsg", 2, 0, 3);
  several.message_sizes = {4, 5};
  several.message_rooms = {4, 9};
  several.message_peers = {kOther, kClient};
  const auto causes = causes_by_packet(store, log, 0);
  REQUIRE(find_fact(causes.at(0), Kind::cut) != nullptr);
  CHECK(find_fact(causes.at(0), Kind::cut)->count == 4);
  CHECK(find_fact(causes.at(1), Kind::cut) == nullptr);
  CHECK(causes.at(1).blocked == called("recvmmsg"));
}

TEST_CASE("a datagram to a group or a broadcast is taken by each of its sockets", "[expect]") {
  for (const char* many : {"224.1.1.1:12345", "255.255.255.255:12345", "127.255.255.255:12345"}) {
    PacketStore store;
    add_datagram(store, 1, kClient, endpoint(many), "all");
    CallLogBuilder log;
    log.add_client("sendto", 3, 1, 1).remote = endpoint(many);
    log.add("recvfrom", 3, 0, 1).local = endpoint("0.0.0.0:12345");
    SocketCall& second = log.add("recvfrom", 3, 0, 2);
    second.local = endpoint("0.0.0.0:12345");
    second.socket = kConnection + 10;
    INFO(many);
    CHECK(causes_by_packet(store, log, 0).at(0).taking_calls == Indexes{1, 2});
  }
  PacketStore one;
  add_datagram(one, 1, kClient, kServer, "all");
  CallLogBuilder log;
  log.add("recvfrom", 3, 0, 1);
  log.add("recvfrom", 3, 0, 2).socket = kConnection + 10;
  CHECK(causes_by_packet(one, log, 0).at(0).taking_calls == Indexes{0});
}

}  // namespace wireproof
