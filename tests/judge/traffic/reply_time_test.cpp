#include "judge/traffic/traffic.h"

#include "catch.h"
#include "judge/ends.h"
#include "support/connection_script.h"

namespace wireproof {
namespace {

SocketCall alice_call(const char* name, std::int64_t result, std::uint64_t socket = 1) {
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
  TestConversation tcp(store, kAlice, kEchoServer);
  tcp.handshake();
  tcp.client("one");  // packet 3 at 3 ms
  tcp.wait(std::chrono::milliseconds(9));
  tcp.server("1");    // packet 4 at 13 ms
  tcp.client("two");  // packet 5 at 14 ms
  tcp.wait(std::chrono::milliseconds(19));
  tcp.server("22");     // packet 6 at 34 ms
  tcp.client("three");  // packet 7 at 35 ms
  tcp.server("3");      // packet 8 at 36 ms
  const std::vector<SocketCall> calls{alice_call("send", 3), alice_call("recv", 1),
                                      alice_call("send", 3), alice_call("recv", 2),
                                      alice_call("send", 5), alice_call("recv", 1)};
  CHECK(slowest(store, {{"alice", kAlice, true}}, calls) ==
        ReplyTime{std::chrono::milliseconds(20), "alice", 5, 6});
}

TEST_CASE("a reply that the path lost ends no wait, but its next copy does", "[judge]") {
  const ScriptCapture tcp = capture_script({"C SYN", "S SYN", "C ACK", "C 3 fate=lost", "C 3 seq=1",
                                            "S 2 fate=lost", "S 2 seq=1 fate=late"});
  const Endpoint client = tcp.connection().client;
  const std::vector<ActorEndpoint> actors{{"alice", client, true}};
  const std::vector<SocketCall> calls{alice_call("send", 3), alice_call("recv", 2)};
  const auto seen = find_slowest_reply(tcp.conversations, actors, calls);
  REQUIRE(seen);
  CHECK(seen->request == 3);
  CHECK(seen->reply == 6);
  PacketStore store;
  append(store, TestDatagram{{}, kAlice, kEchoServer, "one"});
  append(store, TestDatagram{{}, kEchoServer, kAlice, "1", PacketFate::corrupted});
  append(store, TestDatagram{{}, kEchoServer, kAlice, "1"});
  const auto answered =
      slowest(store, {{"alice", kAlice, false}}, {alice_call("send", 3), alice_call("recv", 1)});
  REQUIRE(answered);
  CHECK(answered->reply == 2);
}

TEST_CASE("bytes that nobody waited for, and calls that failed, are no reply", "[judge]") {
  PacketStore store;
  TestConversation tcp(store, kAlice, kEchoServer);
  tcp.handshake();
  tcp.server("hello");
  tcp.client("one");
  const std::vector<ActorEndpoint> actors{{"alice", kAlice, true}};
  CHECK_FALSE(slowest(store, actors, {alice_call("recv", 5), alice_call("send", 3)}));
  CHECK_FALSE(slowest(store, actors,
                      {alice_call("send", 3), alice_call("recv", -1), alice_call("recv", 0)}));
  CHECK_FALSE(slowest(store, actors,
                      {alice_call("send", 3), alice_call("recv", 5)}));  // it had come before
}

TEST_CASE("a port that is used again has a conversation for each of its sockets", "[judge]") {
  PacketStore store;
  TestConversation first(store, kAlice, kEchoServer);
  first.handshake();
  first.client("one");
  first.server("1");
  first.close();
  TestConversation second(store, kAlice, kEchoServer);
  second.set_initial_sequences(500'000, 900'000);
  second.wait(std::chrono::milliseconds(100));
  second.handshake();
  second.client("two");
  second.wait(std::chrono::milliseconds(4));
  second.server("2");
  const std::vector<ActorEndpoint> actors{{"alice", kAlice, true}, {"alice", kAlice, true}};
  const auto found = slowest(store, actors,
                             {alice_call("send", 3, 1), alice_call("recv", 1, 1),
                              alice_call("send", 3, 2), alice_call("recv", 1, 2)});
  REQUIRE(found);
  CHECK(found->lasted == std::chrono::milliseconds(5));
}

TEST_CASE("a datagram's reply is the next one of the server", "[judge]") {
  PacketStore store;
  const auto append_at = [&](int milliseconds, bool to_server, std::string_view payload) {
    append(store,
           TestDatagram{std::chrono::milliseconds(milliseconds), to_server ? kAlice : kEchoServer,
                        to_server ? kEchoServer : kAlice, payload});
  };
  append_at(0, true, "one");
  append_at(3, false, "1");
  append_at(10, true, "two");
  append_at(17, false, "2");
  CHECK(slowest(store, {{"alice", kAlice, false}},
                {alice_call("send", 3), alice_call("recv", 1), alice_call("send", 3),
                 alice_call("recv", 1)}) == ReplyTime{std::chrono::milliseconds(7), "alice", 2, 3});
}

TEST_CASE("the first of two waits that are equally long is the slowest", "[judge]") {
  PacketStore store;
  TestConversation tcp(store, kAlice, kEchoServer);
  tcp.handshake();
  tcp.client("one");  // packet 3
  tcp.server("1");    // packet 4, 1 ms later
  tcp.client("two");  // packet 5
  tcp.server("2");    // packet 6, 1 ms later
  const Endpoint bob = endpoint("127.0.0.3:40000");
  TestConversation other(store, bob, kEchoServer);
  other.handshake();
  other.client("one");
  other.server("1");
  std::vector<SocketCall> calls{alice_call("send", 3), alice_call("recv", 1), alice_call("send", 3),
                                alice_call("recv", 1)};
  const ReplyTime first{std::chrono::milliseconds(1), "alice", 3, 4};
  const std::vector<ActorEndpoint> actors{
      {"carol", endpoint("127.0.0.4:4"), true}, {"alice", kAlice, true}, {"bob", bob, true}};
  CHECK(slowest(store, {{"alice", kAlice, true}}, calls) == first);
  for (const SocketCall& own : {alice_call("send", 3), alice_call("recv", 1)}) {
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
    append(store,
           TestDatagram{std::chrono::milliseconds(milliseconds), to_server ? kAlice : kEchoServer,
                        to_server ? kEchoServer : kAlice, "x"});
  };
  append_at(5, true);
  append_at(5, false);
  append_at(7, false);
  append_at(9, true);
  const std::vector<ActorEndpoint> actors{{"alice", kAlice, false}};
  const std::vector<SocketCall> one{alice_call("send", 1), alice_call("recv", 1)};
  CHECK(slowest(store, actors, one) == ReplyTime{Duration(0), "alice", 0, 1});
  CHECK_FALSE(slowest(store, actors,
                      {alice_call("recv", 1), alice_call("recv", 1), alice_call("send", 1)}));
  // The capture has a reply, and no such request.
  CHECK_FALSE(slowest(store, actors,
                      {alice_call("send", 1), alice_call("send", 1), alice_call("send", 1),
                       alice_call("recv", 1)}));
}

}  // namespace wireproof
