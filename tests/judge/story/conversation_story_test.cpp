#include "judge/story/conversation_story.h"

#include <sys/socket.h>

#include <cerrno>

#include "catch.h"
#include "judge/story/story_names.h"
#include "support/call_log_builder.h"

namespace wireproof {
namespace {

using Story = std::vector<std::string>;

Story tell(const PacketStore& store, const CallLogBuilder& log) {
  const std::vector<Packet> packets = store.decode_all();
  const Conversations conversations = build_conversations(packets, 12345, 12345);
  if (!conversations.udp.empty()) {
    const auto causes = infer_causes(conversations.udp, log.calls);
    return tell_exchange(conversations.udp.front(), causes.front(), log.calls, kNames);
  }
  REQUIRE(conversations.tcp.size() == 1);
  return tell_connection(conversations.tcp.front(), log.calls, kNames);
}

}  // namespace

TEST_CASE("the story of a connection tells who waited, what was moved, and whose call ended it",
          "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();                 // 0..2 ms
  tcp.client("question");          // 3 ms
  tcp.server("answer");            // 4 ms
  tcp.server("", tcp_flag::kFin);  // 5 ms
  tcp.client("", tcp_flag::kFin);  // 6 ms
  tcp.server_ack();
  CallLogBuilder log;
  log.add_accept(-3, 3);
  log.add_client("connect", 0, 0, 2);
  log.add_client("send", 8, 3, 3);
  log.add_client("recv", 6, 3, 4);
  log.add("recv", 8, 5, 5);
  log.add("send", 6, 4, 4);
  log.add_close(5, 5);
  log.add_client("recv", 0, 5, 5);
  log.add_client("close", 0, 6, 6);
  const std::string had_connection =
      "server.py was waiting in accept and had the connection 1.000 ms after the handshake was "
      "complete";
  const std::string request =
      "client.py sent 8 bytes with 1 call (send) in 1 packet; server.py took all with 1 call "
      "(recv)";
  const std::string answer =
      "server.py sent 6 bytes with 1 call (send) in 1 packet; client.py took all with 1 call "
      "(recv)";
  CHECK(tell(store, log) ==
        Story{had_connection, request,
              "the 8 bytes of packet 4 waited 2.000 ms in server.py's buffer until it called recv",
              answer, "client.py was waiting in recv",
              "server.py's close sent the FIN (packet 6); client.py's recv returned 0 for it",
              "client.py's close sent the FIN (packet 7)"});
}

TEST_CASE("a late accept, unread bytes and the RST that they cause are told", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();                 // 0..2 ms
  tcp.client("12345678");          // 3 ms
  tcp.server("", tcp_flag::kRst);  // 4 ms
  CallLogBuilder log;
  log.add_accept(7, 8);
  log.add("recv", 3, 8, 8);
  log.add_close(9, 9).unread_bytes = 5;
  log.calls.back().entered = kTestStart + std::chrono::milliseconds(4);
  log.add_client("connect", 0, 0, 2);
  log.add_client("send", 8, 3, 3);
  SocketCall& reset = log.add_client("recv", -1, 3, 4);
  reset.error_number = ECONNRESET;
  const Story story = tell(store, log);
  REQUIRE(story.size() == 4);
  CHECK(story[0] ==
        "server.py called accept 5.000 ms after the handshake was complete: until then the "
        "connection waited in the listening socket's queue");
  CHECK(story[1] ==
        "client.py sent 8 bytes with 1 call (send) in 1 packet; server.py took 3 of them with 1 "
        "call (recv), 5 were never read");
  CHECK(story[3] ==
        "server.py's close sent a RST (packet 5): 5 bytes were still unread; client.py's recv "
        "failed with it (Connection reset by peer)");
}

TEST_CASE("a descriptor that a child holds keeps the connection open, and is told", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.client("", tcp_flag::kFin);  // 3 ms
  tcp.server_ack();
  CallLogBuilder log;
  log.add_accept(0, 1);
  log.add_client("connect", 0, 0, 2);
  log.add_client("close", 0, 3, 3);
  CHECK(tell(store, log).back() ==
        "client.py had closed, but server.py never did: its end stays in CLOSE-WAIT");
  for (int i = 0; i < 3; ++i) log.add("recv", 0, 4, 4);
  const Story looping = tell(store, log);
  CHECK(looping.at(looping.size() - 2) ==
        "server.py's recv returned 0 3 times: it does not notice the end of the stream");
  log.add_close(4, 4).still_held_by = {kChild};
  CHECK(tell(store, log).back() ==
        "process 100 of server.py closed the connection, but process 101 still held it: no FIN was "
        "sent");
}

TEST_CASE("connections that nobody accepts and ports where nobody listens are told", "[expect]") {
  PacketStore accepted;
  TestConversation open(accepted, kClient, kServer);
  open.handshake();
  CallLogBuilder log;
  log.add_client("connect", 0, 0, 2);
  SocketCall& listen = log.add("listen", 0, -2, -2);
  listen.socket = kListener;
  listen.remote.reset();
  CHECK(tell(accepted, log).front() ==
        "server.py never accepted the connection: it stayed in the listening socket's queue");

  PacketStore refused;
  TestConversation closed(refused, kClient, kServer);
  closed.client("", tcp_flag::kSyn);
  closed.server("", tcp_flag::kRst);
  CHECK(tell(refused, log) ==
        Story{"nothing listened on port 12345: the connect of client.py was refused"});
}

TEST_CASE("a program that is killed in a call is told with the call", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.server("", tcp_flag::kFin);  // 3 ms
  CallLogBuilder log;
  log.add_accept(0, 1);
  log.add("recv", 0, 2, -1).ended_by_signal = 9;
  SocketCall& end = log.add_close(3, 3);
  end.name = "exit";
  const Story story = tell(store, log);
  CHECK(story.at(1) == "server.py was ended by signal 9 while it was in recv");
  CHECK(story.at(2) == "the end of server.py sent the FIN (packet 4)");
}

TEST_CASE("datagrams that were sent and not received are counted", "[expect]") {
  PacketStore store;
  append(store, TestDatagram{std::chrono::milliseconds(1), kClient, kServer, "123"});
  append(store, TestDatagram{std::chrono::milliseconds(2), kClient, kServer, "45678"});
  append(store, TestDatagram{std::chrono::milliseconds(3), kServer, kClient, "12"});
  CallLogBuilder log;
  log.add("recvfrom", 3, 0, 1);
  log.add("sendto", 2, 3, 3);
  CHECK(tell(store, log) == Story{"client.py sent 2 datagrams; server.py received 1 of them",
                                  "server.py sent 1 datagram"});
  log.calls.front().entered = kTestStart + std::chrono::milliseconds(4);
  log.calls.front().returned = log.calls.front().entered;
  CHECK(tell(store, log).at(1) ==
        "the 3 bytes of packet 1 waited 3.000 ms in server.py's buffer until it called recvfrom");
}

TEST_CASE("where all datagrams were received it is said, and where none was seen, nothing",
          "[expect]") {
  PacketStore store;
  append(store, TestDatagram{std::chrono::milliseconds(1), kClient, kServer, "123"});
  append(store, TestDatagram{std::chrono::milliseconds(2), kClient, kServer, "45678"});
  CallLogBuilder log;
  log.add("recvfrom", 3, 0, 1);
  log.add("recvfrom", 5, 4, 4);
  CHECK(tell(store, log) == Story{"client.py sent 2 datagrams; server.py received all",
                                  "the 5 bytes of packet 2 waited 2.000 ms in server.py's buffer "
                                  "until it called recvfrom"});
  log.calls.clear();
  CHECK(tell(store, log) == Story{"client.py sent 2 datagrams"});
}

TEST_CASE("of several datagrams that waited the longest wait is told", "[expect]") {
  PacketStore store;
  append(store, TestDatagram{std::chrono::milliseconds(1), kClient, kServer, "1"});
  append(store, TestDatagram{std::chrono::milliseconds(2), kClient, kServer, "22"});
  append(store, TestDatagram{std::chrono::milliseconds(3), kClient, kServer, "333"});
  append(store, TestDatagram{std::chrono::milliseconds(4), kServer, kClient, "4444"});
  CallLogBuilder log;
  log.add("recv", 1, 2, 2);      // 1 ms later
  log.add("recvmsg", 2, 5, 5);   // 3 ms
  log.add("recvfrom", 3, 6, 6);  // 3 ms
  const Story story = tell(store, log);
  REQUIRE(story.size() == 3);
  CHECK(story[1] ==
        "the 2 bytes of packet 2 waited 3.000 ms in server.py's buffer until it called recvmsg");
  CHECK(story[2] == "server.py sent 1 datagram");
}

TEST_CASE("a port that nothing is bound to is told, and its ICMP is no datagram", "[expect]") {
  PacketStore store;
  const TestDatagram request{std::chrono::milliseconds(1), kClient, kServer, "123"};
  append(store, request);
  append_port_unreachable(store, request);
  CHECK(tell(store, {}) == Story{"client.py sent 1 datagram",
                                 "no socket was bound to UDP port 12345: the kernel answered with "
                                 "ICMP"});
}

TEST_CASE("a server that called accept as the handshake ended was waiting in it", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();  // 0..2 ms
  CallLogBuilder log;
  log.add_accept(2, 3);
  CHECK(tell(store, log).front() ==
        "server.py was waiting in accept and had the connection 1.000 ms after the handshake was "
        "complete");
  log.calls.clear();  // of the server nothing is known
  log.add_client("connect", 0, 0, 2);
  CHECK(tell(store, log) == Story{"client.py never closed the connection"});
}

TEST_CASE("a wait call that found the connection is named in place of its accept", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  CallLogBuilder log;
  log.add_wait("poll", kListener, -1, 3);
  log.add_accept(4, 4);
  CHECK(tell(store, log).front() ==
        "server.py was waiting in poll and had the connection 2.000 ms after the handshake was "
        "complete");
}

TEST_CASE("the FIN behind data is sent by the call that ended the stream", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.server("bye", tcp_flag::kFin);  // 3 ms
  CallLogBuilder log;
  log.add_accept(0, 1);
  log.add("send", 3, 3, 3);
  log.add_close(3, 3);
  const Story story = tell(store, log);
  REQUIRE(story.size() == 3);
  CHECK(story[1] == "server.py sent 3 bytes with 1 call (send) in 1 packet");
  CHECK(story[2] == "server.py's close sent the FIN (packet 4)");
}

TEST_CASE("only the same call on the same socket overlooks the end of the stream", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.client("", tcp_flag::kFin);  // 3 ms
  tcp.server_ack();
  const auto overlooked = [&](const CallLogBuilder& log) {
    const Story story = tell(store, log);
    return std::ranges::any_of(story, [](const std::string& sentence) {
      return sentence.find("does not notice the end") != std::string::npos;
    });
  };
  CallLogBuilder log;
  log.add_accept(0, 1);
  for (int i = 0; i < 3; ++i) log.add("recv", 0, 4, 4);
  CHECK(overlooked(log));
  SECTION("of another socket") {
    log.calls.back().socket = kListener;
    CHECK_FALSE(overlooked(log));
  }
  SECTION("of another name") {
    log.calls.back().name = "shutdown";
    CHECK_FALSE(overlooked(log));
  }
  SECTION("of the other side") {
    log.calls.back().side = Side::client;
    CHECK_FALSE(overlooked(log));
  }
  SECTION("that got something, or never ended") {
    log.calls.back().result = -1;
    CHECK_FALSE(overlooked(log));
    log.calls.back().result = 0;
    log.calls.back().returned.reset();
    CHECK_FALSE(overlooked(log));
  }
}

TEST_CASE("a client that gives up by itself was not refused", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.client("", tcp_flag::kSyn);
  tcp.client("", tcp_flag::kRst);
  CHECK(tell(store, {}) == Story{"nobody answered the SYN of client.py"});
}

TEST_CASE("who greets is told first", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.server("hello");
  tcp.client("hi");
  const Story story = tell(store, {});
  REQUIRE(story.size() >= 2);
  CHECK(story[0] == "server.py sent 5 bytes in 1 packet");
  CHECK(story[1] == "client.py sent 2 bytes in 1 packet");
}

TEST_CASE("a RST of which nothing else is known is told without a reason", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.server("", tcp_flag::kRst);  // 3 ms
  CallLogBuilder log;
  log.add_accept(0, 1);
  log.add_close(3, 3);
  log.add_client("connect", 0, 0, 2);
  CHECK(tell(store, log).back() == "server.py's close sent a RST (packet 4)");
  log.add_client("recv", -1, 2, 3).error_number = ECONNRESET;
  CHECK(tell(store, log).back() ==
        "server.py's close sent a RST (packet 4); client.py's recv failed with it (Connection "
        "reset by peer)");
}

TEST_CASE("a refused connect tells who listens at another address of the port", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.client("", tcp_flag::kSyn);
  tcp.server("", tcp_flag::kRst);
  CallLogBuilder log;
  SocketCall& listen = log.add("listen", 0, -9, -9);
  listen.remote.reset();
  listen.local = endpoint("[::1]:12345");
  log.add_client("connect", -1, 0, 1).error_number = ECONNREFUSED;
  CHECK(
      tell(store, log).front() ==
      "nothing listened on 127.0.0.1:12345: the connect of client.py was refused; server listened "
      "on [::1]:12345 only");
  log.calls.front().local = endpoint("[::1]:12346");
  CHECK(tell(store, log).front() ==
        "nothing listened on port 12345: the connect of client.py was refused");
}

TEST_CASE("an urgent byte is told to be outside of the stream", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.client("abc");  // 3 ms
  tcp.client("!");    // 4 ms
  CallLogBuilder log;
  log.add_accept(0, 1);
  log.add_client("send", 3, 3, 3);
  log.add_client("send", 1, 4, 4).flags = MSG_OOB;
  log.add("recv", 3, 3, 3);
  const Story story = tell(store, log);
  CHECK(std::ranges::find(
            story,
            "client.py sent 4 bytes with 2 calls (send) in 2 packets; server.py took 3 "
            "of them with 1 call (recv), 1 was urgent and not in the stream") != story.end());
}

TEST_CASE("the datagrams of one send, and cut and refused ones, are told apart", "[expect]") {
  PacketStore store;
  append(store, TestDatagram{std::chrono::milliseconds(1), kClient, kServer, "aaabbb"});
  const TestDatagram refused{std::chrono::milliseconds(2), kClient, kServer, "x"};
  append(store, refused);
  append_port_unreachable(store, refused);
  CallLogBuilder log;
  log.add_client("send", 6, 1, 1).message_sizes = {3, 3};
  log.add("recvfrom", 3, 1, 1).message_rooms = {9};
  log.add("recvfrom", 2, 1, 1).message_rooms = {2};
  log.add_client("send", 1, 2, 2);
  log.add_client("send", -1, 4, 4).error_number = ECONNREFUSED;
  CHECK(
      tell(store, log) ==
      Story{"client.py sent 3 datagrams; server.py received 2 of them",
            "server.py took 2 of the 3 bytes of packet 1: the buffer of recvfrom was smaller, the "
            "other 1 is gone",
            "no socket was bound to UDP port 12345: the kernel answered with ICMP",
            "client.py's send failed with it (packet 3): Connection refused"});
}

}  // namespace wireproof
