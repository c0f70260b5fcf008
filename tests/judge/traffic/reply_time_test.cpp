#include "judge/traffic/traffic.h"

#include "catch.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

const Endpoint kAlice = endpoint("127.0.0.2:40000");
const Endpoint kServer = endpoint("127.0.0.1:7");

SocketCall call(const char* name, std::int64_t result, std::uint64_t socket = 1) {
  SocketCall made;
  made.actor = "alice";
  made.name = name;
  made.result = result;
  made.socket = socket;
  return made;
}

std::optional<ReplyTime> slowest(const PacketStore& store, const std::vector<ActorEndpoint>& actors,
                                 const std::vector<SocketCall>& calls) {
  const std::vector<Packet> packets = store.decode_all();
  return find_slowest_reply(build_conversations(packets, 7, 7), actors, calls);
}

}  // namespace

TEST_CASE("the slowest reply is that of the longest wait for bytes of its own", "[judge]") {
  PacketStore store;
  TestConversation tcp(store, kAlice, kServer);
  tcp.handshake();
  tcp.client("one");  // packet 3 at 3 ms
  tcp.wait(std::chrono::milliseconds(9));
  tcp.server("1");    // packet 4 at 13 ms
  tcp.client("two");  // packet 5 at 14 ms
  tcp.wait(std::chrono::milliseconds(19));
  tcp.server("22");     // packet 6 at 34 ms
  tcp.client("three");  // packet 7 at 35 ms
  tcp.server("3");      // packet 8 at 36 ms
  const std::vector<SocketCall> calls{call("send", 3), call("recv", 1), call("send", 3),
                                      call("recv", 2), call("send", 5), call("recv", 1)};
  CHECK(slowest(store, {{"alice", kAlice, true}}, calls) ==
        ReplyTime{std::chrono::milliseconds(20), "alice", 5, 6});
}

TEST_CASE("bytes that nobody waited for, and calls that failed, are no reply", "[judge]") {
  PacketStore store;
  TestConversation tcp(store, kAlice, kServer);
  tcp.handshake();
  tcp.server("hello");
  tcp.client("one");
  const std::vector<ActorEndpoint> actors{{"alice", kAlice, true}};
  CHECK_FALSE(slowest(store, actors, {call("recv", 5), call("send", 3)}));
  CHECK_FALSE(slowest(store, actors, {call("send", 3), call("recv", -1), call("recv", 0)}));
  CHECK_FALSE(slowest(store, actors, {call("send", 3), call("recv", 5)}));  // it had come before
}

TEST_CASE("a port that is used again has a conversation for each of its sockets", "[judge]") {
  PacketStore store;
  TestConversation first(store, kAlice, kServer);
  first.handshake();
  first.client("one");
  first.server("1");
  first.close();
  TestConversation second(store, kAlice, kServer);
  second.set_initial_sequences(500'000, 900'000);
  second.wait(std::chrono::milliseconds(100));
  second.handshake();
  second.client("two");
  second.wait(std::chrono::milliseconds(4));
  second.server("2");
  const std::vector<ActorEndpoint> actors{{"alice", kAlice, true}, {"alice", kAlice, true}};
  const auto found =
      slowest(store, actors,
              {call("send", 3, 1), call("recv", 1, 1), call("send", 3, 2), call("recv", 1, 2)});
  REQUIRE(found);
  CHECK(found->lasted == std::chrono::milliseconds(5));
}

TEST_CASE("a datagram's reply is the next one of the server", "[judge]") {
  PacketStore store;
  const auto append_at = [&](int milliseconds, bool to_server, std::string_view payload) {
    append(store,
           TestDatagram{std::chrono::milliseconds(milliseconds), to_server ? kAlice : kServer,
                        to_server ? kServer : kAlice, payload});
  };
  append_at(0, true, "one");
  append_at(3, false, "1");
  append_at(10, true, "two");
  append_at(17, false, "2");
  CHECK(slowest(store, {{"alice", kAlice, false}},
                {call("send", 3), call("recv", 1), call("send", 3), call("recv", 1)}) ==
        ReplyTime{std::chrono::milliseconds(7), "alice", 2, 3});
}

TEST_CASE("the first of two waits that are equally long is the slowest", "[judge]") {
  PacketStore store;
  TestConversation tcp(store, kAlice, kServer);
  tcp.handshake();
  tcp.client("one");  // packet 3
  tcp.server("1");    // packet 4, 1 ms later
  tcp.client("two");  // packet 5
  tcp.server("2");    // packet 6, 1 ms later
  const Endpoint bob = endpoint("127.0.0.3:40000");
  TestConversation other(store, bob, kServer);
  other.handshake();
  other.client("one");
  other.server("1");
  std::vector<SocketCall> calls{call("send", 3), call("recv", 1), call("send", 3), call("recv", 1)};
  const ReplyTime first{std::chrono::milliseconds(1), "alice", 3, 4};
  const std::vector<ActorEndpoint> actors{
      {"carol", endpoint("127.0.0.4:4"), true}, {"alice", kAlice, true}, {"bob", bob, true}};
  CHECK(slowest(store, {{"alice", kAlice, true}}, calls) == first);
  for (const SocketCall& own : {call("send", 3), call("recv", 1)}) {
    calls.push_back(own);
    calls.back().actor = "bob";
  }
  CHECK(slowest(store, actors, calls) == first);
  // Calls of the server's are none of the client's.
  for (SocketCall& own : calls) own.side = Side::server;
  CHECK_FALSE(slowest(store, actors, calls));
}

TEST_CASE("a reply in the same moment took no time, a request without one is none", "[judge]") {
  PacketStore store;
  const auto append_at = [&](int milliseconds, bool to_server) {
    append(store, TestDatagram{std::chrono::milliseconds(milliseconds),
                               to_server ? kAlice : kServer, to_server ? kServer : kAlice, "x"});
  };
  append_at(5, true);
  append_at(5, false);
  append_at(7, false);
  append_at(9, true);
  const std::vector<ActorEndpoint> actors{{"alice", kAlice, false}};
  const std::vector<SocketCall> one{call("send", 1), call("recv", 1)};
  CHECK(slowest(store, actors, one) == ReplyTime{Duration(0), "alice", 0, 1});
  CHECK_FALSE(slowest(store, actors, {call("recv", 1), call("recv", 1), call("send", 1)}));
  // The capture has a reply, and no such request.
  CHECK_FALSE(
      slowest(store, actors, {call("send", 1), call("send", 1), call("send", 1), call("recv", 1)}));
}

}  // namespace wireproof
