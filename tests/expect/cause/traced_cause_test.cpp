#include <sys/socket.h>

#include <cerrno>

#include "catch.h"
#include "expect/cause/cause.h"
#include "expect/cause/inferred_causes.h"
#include "support/doers.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

using Facts = std::vector<CauseFact>;
using Kind = CauseFactKind;

CauseFact waited(int milliseconds) {
  return {Kind::already_waiting, 0, 0, std::chrono::milliseconds(milliseconds)};
}

CauseFact called_later(int milliseconds) {
  return {Kind::called_later, 0, 0, std::chrono::milliseconds(milliseconds)};
}

}  // namespace

TEST_CASE("one segment of two calls names both, two segments of one call name it twice",
          "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.client("question");  // 3 ms
  tcp.server("abcdef");    // 4 ms
  tcp.server("gh");        // 5 ms
  CallLogBuilder log;
  log.add_accept(0, 1);
  log.add("recv", 8, 2, 3);
  log.add("write", 2, 4, 4);
  log.add("send", 6, 4, 5);
  const std::vector<Cause> causes = causes_of(store, log);
  CHECK(causes.at(4).call == called("write", "send"));
  CHECK(causes.at(4).facts == Facts{{Kind::several_calls, 2}});
  CHECK(causes.at(5).call == called("send"));
  CHECK_FALSE(causes.at(4).call_inferred);
}

TEST_CASE("a receive call that was waiting and one that came later are told apart", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.client("1234");    // 3 ms
  tcp.client("567890");  // 4 ms
  CallLogBuilder log;
  log.add_accept(0, 1);
  log.add("recv", 4, 2, 3);
  log.add("recv", 6, 6, 6);
  const std::vector<Cause> causes = causes_of(store, log);
  CHECK(causes.at(3).blocked == called("recv"));
  CHECK(causes.at(3).facts == Facts{waited(1)});
  CHECK(causes.at(4).blocked == called("recv"));
  CHECK(causes.at(4).facts == Facts{called_later(2)});
}

TEST_CASE("a wait call before a call that did not wait is the blocked one", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.client("1234");  // 3 ms
  CallLogBuilder log;
  log.add_wait("epoll_wait", kListener, -5, 1);
  log.add_accept(1, 1);
  SocketCall& early = log.add("recv", -1, 2, 2);
  early.error_number = EAGAIN;
  log.add_wait("epoll_wait", kConnection, 2, 4);
  log.add("recv", 4, 4, 4);
  const std::vector<Cause> causes = causes_of(store, log);
  CHECK(causes.at(0).blocked == called("epoll_wait", "accept"));
  CHECK(causes.at(3).blocked == called("epoll_wait", "recv"));
  CHECK(causes.at(3).facts == Facts{waited(1)});
}

TEST_CASE("a connect that did not block is met by the wait call that finds the socket ready",
          "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  CallLogBuilder log;
  SocketCall& connect = log.add_client("connect", -1, 0, 3);
  connect.error_number = EINPROGRESS;
  CHECK(causes_of(store, log).at(1).blocked == called("connect"));
  SocketCall& wait = log.add_client("epoll_wait", 1, 4, 4);
  wait.socket = 0;
  wait.ready = {{kClientSocket, 5, false, true}};
  CHECK(causes_of(store, log).at(1).blocked == called("epoll_wait", "connect"));
  CHECK(causes_of(store, log).at(1).facts == Facts{called_later(3)});
}

TEST_CASE("peeking takes no bytes but may be what waited", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.client("1234");  // 3 ms
  tcp.client("56");    // 4 ms
  CallLogBuilder log;
  log.add_accept(0, 1);
  log.add("recvmsg", 4, 2, 3).flags = MSG_PEEK;
  log.add("recv", 4, 3, 3);
  log.add("recv", 2, 4, 4);
  const std::vector<Cause> causes = causes_of(store, log);
  CHECK(causes.at(3).blocked == called("recvmsg"));
  CHECK(causes.at(4).blocked == called("recv"));
}

TEST_CASE("a connection that is never accepted has only the kernel on its side", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.client("1234");
  CallLogBuilder log;
  SocketCall& listen = log.add("listen", 0, -2, -2);
  listen.socket = kListener;
  listen.remote.reset();
  const std::vector<Cause> causes = causes_of(store, log);
  CHECK(causes.at(0).blocked.empty());
  CHECK(causes.at(1).call == kByKernel);
  CHECK(causes.at(1).facts == Facts{{Kind::never_accepted}});
  CHECK_FALSE(causes.at(1).call_inferred);
  CHECK(causes.at(3).blocked.empty());
  CHECK_FALSE(causes.at(3).blocked_inferred);
}

TEST_CASE("FIN is caused by the close of the last holder, and says who held it before",
          "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.server("", tcp_flag::kFin);  // 3 ms
  CallLogBuilder log;
  log.add_accept(0, 1);
  SocketCall& first = log.add_close(2, 2);
  first.process = kChild;
  first.still_held_by = {kProcess};
  log.add_close(3, 3).name = "exit";
  const std::vector<Cause> causes = causes_of(store, log);
  CHECK(causes.at(3).call == called("exit"));
  CHECK(causes.at(3).facts == Facts{{Kind::held_by_other, 0, 0, {}, kChild, kProcess}});
}

TEST_CASE("shutdown of the receiving half alone causes no FIN", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.server("", tcp_flag::kFin);  // 3 ms
  CallLogBuilder log;
  log.add_accept(0, 1);
  log.add("shutdown", 0, 2, 2).flags = SHUT_RD;
  log.add_close(3, 3);
  CHECK(causes_of(store, log).at(3).call == called("close"));
  log.calls.at(1).flags = SHUT_WR;
  CHECK(causes_of(store, log).at(3).call == called("shutdown"));
}

TEST_CASE("RST tells why: unread bytes, SO_LINGER, data for a closed socket", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.client("12345");             // 3 ms
  tcp.server("", tcp_flag::kRst);  // 4 ms
  CallLogBuilder log;
  log.add_accept(0, 1);
  SocketCall& close = log.add_close(4, 4);
  close.unread_bytes = 5;
  CHECK(causes_of(store, log).at(4).call == called("close"));
  CHECK(causes_of(store, log).at(4).facts == Facts{{Kind::unread_bytes, 5}});
  log.calls.back().unread_bytes = 0;
  log.calls.back().linger_seconds = 0;
  CHECK(causes_of(store, log).at(4).facts == Facts{{Kind::linger_zero}});
  log.calls.pop_back();
  log.add_close(2, 2).unread_bytes = 0;
  CHECK(causes_of(store, log).at(4).facts == Facts{{Kind::answers_closed, 0, 3}});
}

TEST_CASE("RST of a connection in the accept queue is caused by the listener's close", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.server("", tcp_flag::kRst);  // 3 ms
  CallLogBuilder log;
  SocketCall& close = log.add_close(3, 3);
  close.socket = kListener;
  close.remote.reset();
  const std::vector<Cause> causes = causes_of(store, log);
  CHECK(causes.at(3).call == called("close"));
  CHECK(causes.at(3).facts == Facts{{Kind::listener_closed}});
}

TEST_CASE("data that leaves after its call names the ACK that released it", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.server("ab");  // 3 ms
  tcp.client_ack();  // 4 ms
  tcp.server("cd");  // 5 ms
  CallLogBuilder log;
  log.add_accept(0, 1);
  log.add("send", 2, 3, 3);
  log.add("send", 2, 3, 3);
  const std::vector<Cause> causes = causes_of(store, log);
  CHECK(causes.at(3).facts.empty());
  CHECK(causes.at(5).call == called("send"));
  CHECK(causes.at(5).facts == Facts{{Kind::released_by_ack, 0, 4}});
}

TEST_CASE("a client's port that is used again belongs to its own connection", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.client("1234");  // 3 ms
  CallLogBuilder log;
  log.add_accept(-9, -8);  // an earlier connection from the same port
  log.add("read", 4, -8, -7);
  const std::uint64_t later = 7;
  log.add_accept(1, 2).new_socket = later;
  log.add("recv", 4, 2, 3).socket = later;
  CHECK(causes_of(store, log).at(3).blocked == called("recv"));
}

TEST_CASE("calls of two threads on one socket count in the order of their ends", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.client("1234");  // 3 ms
  tcp.client("56");    // 4 ms
  CallLogBuilder log;
  log.add_accept(0, 1);
  log.add("read", 2, 1, 4);
  log.add("recv", 4, 2, 3);
  const std::vector<Cause> causes = causes_of(store, log);
  CHECK(causes.at(3).blocked == called("recv"));
  CHECK(causes.at(4).blocked == called("read"));
}

TEST_CASE("calls that two threads were in at once sent what their packets say", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.server("1234");  // 3 ms
  tcp.server("56");    // 4 ms
  CallLogBuilder log;
  log.add_accept(0, 1);
  log.add("write", 4, 2, 6);
  log.add("send", 2, 3, 5).thread = kChild;
  CHECK(causes_of(store, log).at(3).call == called("write"));
  CHECK(causes_of(store, log).at(4).call == called("send"));
  log.calls.at(1).result = 2;  // entered first, but the packets tell otherwise
  log.calls.at(2).result = 4;
  CHECK(causes_of(store, log).at(3).call == called("send"));
  CHECK(causes_of(store, log).at(4).call == called("write"));
}

TEST_CASE("a socket that is bound to no address of its own is met by its port", "[expect]") {
  PacketStore store;
  append(store, TestDatagram{std::chrono::milliseconds(1), kClient, kServer, "123"});
  append(store, TestDatagram{std::chrono::milliseconds(2), kServer, kClient, "12"});
  const Endpoint any = endpoint("0.0.0.0:40000");
  CallLogBuilder log;
  log.add_client("sendto", 3, 1, 1).local = any;
  log.add_client("recv", 2, 1, 2).local = any;
  const std::vector<Packet> packets = store.decode_all();
  const Conversations datagrams = build_conversations(packets, 0, 12345);
  const std::vector<Cause> causes = infer_causes(datagrams.udp, log.calls).front();
  CHECK(causes.at(0).call == called("sendto"));
  CHECK_FALSE(causes.at(0).call_inferred);
  CHECK(causes.at(1).blocked == called("recv"));

  // A refused connect keeps its port and gets no address.
  PacketStore refused;
  TestConversation tcp(refused, kClient, kServer);
  tcp.client("", tcp_flag::kSyn);
  tcp.server("", tcp_flag::kRst);
  CallLogBuilder connect;
  connect.add_client("connect", -1, 0, 2).local = any;
  connect.calls.back().error_number = ECONNREFUSED;
  const std::vector<Cause> answered = causes_of(refused, connect);
  CHECK(answered.at(0).call == called("connect"));
  CHECK(answered.at(1).blocked == called("connect"));
}

TEST_CASE("a datagram that a traced server received is joined by its size", "[expect]") {
  PacketStore store;
  append(store, TestDatagram{std::chrono::milliseconds(1), kClient, kServer, "123"});
  append(store, TestDatagram{std::chrono::milliseconds(2), kClient, kServer, "lost!"});
  append(store, TestDatagram{std::chrono::milliseconds(3), kClient, kServer, "1234567"});
  append(store, TestDatagram{std::chrono::milliseconds(4), kServer, kClient, "12"});
  CallLogBuilder log;
  log.add("recvfrom", 3, 0, 1);
  log.add("recvmsg", 7, 2, 3);
  log.add("sendto", 2, 4, 4);
  const std::vector<Packet> packets = store.decode_all();
  const Conversations conversations = build_conversations(packets, 0, 12345);
  REQUIRE(conversations.udp.size() == 1);
  const std::vector<Cause> causes = infer_causes(conversations.udp, log.calls).front();
  REQUIRE(causes.size() == 4);
  CHECK(causes.at(0).blocked == called("recvfrom"));
  CHECK(causes.at(2).blocked == called("recvmsg"));
  CHECK(causes.at(3).call == called("sendto"));
  CHECK_FALSE(causes.at(3).call_inferred);
}

TEST_CASE("a datagram ends the wait call that found its socket ready", "[expect]") {
  PacketStore store;
  append(store, TestDatagram{std::chrono::milliseconds(1), kClient, kServer, "123"});
  CallLogBuilder log;
  log.add_wait("poll", kConnection, 0, 2);
  log.add("recvfrom", 3, 2, 2);
  const std::vector<Packet> packets = store.decode_all();
  const Conversations conversations = build_conversations(packets, 0, 12345);
  REQUIRE(conversations.udp.size() == 1);
  const std::vector<Cause> causes = infer_causes(conversations.udp, log.calls).front();
  CHECK(causes.at(0).blocked == called("poll", "recvfrom"));
  CHECK(causes.at(0).facts == Facts{waited(1)});
  CHECK(causes.at(0).taking_calls == std::vector<std::size_t>{0, 1});
}

TEST_CASE("the kernel's own packets say why they were sent", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  TestSegment again = tcp.next_of_server();
  tcp.server("ab");  // 3 ms
  again.flags = tcp_flag::kPsh | tcp_flag::kAck;
  again.payload = "ab";
  append(store, again);
  CallLogBuilder log;
  log.add_accept(0, 1);
  log.add_client("connect", 0, 0, 3);
  const std::vector<Cause> causes = causes_of(store, log);
  CHECK(causes.at(2).call == kByKernel);
  CHECK(causes.at(2).facts == Facts{{Kind::inside_connect}});
  CHECK(causes.at(4).call == kByKernel);
  CHECK(causes.at(4).facts == Facts{{Kind::retransmission_timer}});
}

TEST_CASE("a refused connect is told apart from a reset later", "[expect]") {
  PacketStore refused;
  TestConversation tcp(refused, kClient, kServer);
  tcp.client("", tcp_flag::kSyn);
  tcp.server("", tcp_flag::kRst);
  CHECK(causes_of(refused, {}).at(1).facts == Facts{{Kind::nothing_listens}});
  PacketStore reset;
  TestConversation open(reset, kClient, kServer);
  open.handshake();
  open.server("", tcp_flag::kRst);
  const Cause cause = causes_of(reset, {}).at(3);
  CHECK(cause.facts.empty());
  CHECK(cause.call == called("close"));
  CHECK(cause.call_inferred);
}

TEST_CASE("bytes that left after their call without an ACK say how long after", "[expect]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  tcp.server("ab");  // 3 ms
  CallLogBuilder log;
  log.add_accept(0, 1);
  log.add("send", 2, 2, 2).returned = kTestStart + std::chrono::microseconds(2500);
  CHECK(causes_of(store, log).at(3).facts ==
        Facts{{Kind::sent_after, 0, 0, std::chrono::microseconds(500)}});
  log.calls.back().returned = kTestStart + std::chrono::milliseconds(3);
  CHECK(causes_of(store, log).at(3).facts.empty());
}

TEST_CASE("an ICMP answer is the kernel's, for a port that nothing is bound to", "[expect]") {
  PacketStore store;
  const TestDatagram request{std::chrono::milliseconds(1), kClient, kServer, "123"};
  append(store, request);
  append_port_unreachable(store, request);
  const std::vector<Packet> packets = store.decode_all();
  const Conversations conversations = build_conversations(packets, 0, 12345);
  REQUIRE(conversations.udp.size() == 1);
  const std::vector<Cause> causes = infer_causes(conversations.udp, {}).front();
  REQUIRE(causes.size() == 2);
  CHECK(causes.at(0).call == called("send"));
  CHECK(causes.at(0).call_inferred);
  CHECK(causes.at(0).blocked == called("recv"));
  CHECK(causes.at(0).blocked_inferred);
  CHECK(causes.at(1).call == kByKernel);
  CHECK(causes.at(1).facts == Facts{{Kind::port_unbound}});
}

TEST_CASE("a datagram that a traced server never received ended nobody's wait", "[expect]") {
  PacketStore store;
  append(store, TestDatagram{std::chrono::milliseconds(1), kClient, kServer, "123"});
  CallLogBuilder log;
  log.add("socket", 5, 0, 0).remote.reset();
  const std::vector<Packet> packets = store.decode_all();
  const Conversations conversations = build_conversations(packets, 0, 12345);
  const std::vector<Cause> causes = infer_causes(conversations.udp, log.calls).front();
  CHECK(causes.at(0).blocked.empty());
  CHECK_FALSE(causes.at(0).blocked_inferred);
}

}  // namespace wireproof
