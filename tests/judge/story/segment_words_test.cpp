#include "judge/story/segment_words.h"

#include "catch.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

const Endpoint kBrowser = endpoint("10.0.0.1:5000");
const Endpoint kWebServer = endpoint("10.0.0.2:80");

std::vector<std::string> explain(const PacketStore& store) {
  const std::vector<Packet> packets = store.decode_all();
  const Conversations conversations = build_conversations(packets, 80, 80);
  if (!conversations.udp.empty()) return explain_datagrams(conversations.udp.front());
  REQUIRE(conversations.tcp.size() == 1);
  return explain_segments(conversations.tcp.front());
}

}  // namespace

TEST_CASE("each segment of a connection is explained by its numbers and flags", "[story]") {
  PacketStore store;
  TestConversation tcp(store, kBrowser, kWebServer);
  tcp.handshake();
  tcp.client("ping");
  tcp.server("pong");
  tcp.close();
  const std::vector<std::string> said = explain(store);
  REQUIRE(said.size() == 9);
  CHECK_THAT(said[0], StartsWith("the client asks for a connection"));
  CHECK_THAT(said[1], StartsWith("the server agrees: its own SYN is number 0, and Ack=1"));
  CHECK_THAT(said[2], StartsWith("Ack=1 acknowledges the server's SYN: the connection is open"));
  CHECK_THAT(said[3], StartsWith("bytes 1 to 4 of what the client sends; PSH"));
  CHECK_THAT(said[4], StartsWith("bytes 1 to 4 of what the server sends; PSH"));
  CHECK_THAT(said[4], Contains("Ack=5 acknowledges all bytes up to 4"));
  CHECK_THAT(said[5], StartsWith("FIN: the client will send nothing more"));
  CHECK_THAT(said[5], Contains("takes the number 5"));
  CHECK(said[6] == "Ack=6 acknowledges the client's FIN: 6 is the next number that it expects");
  CHECK_THAT(said[7], StartsWith("FIN: the server will send nothing more"));
  CHECK(said[8] == "Ack=6 acknowledges the server's FIN: 6 is the next number that it expects");
}

TEST_CASE("an ACK of bytes and of the FIN behind them says both", "[story]") {
  PacketStore store;
  TestConversation tcp(store, kBrowser, kWebServer);
  tcp.handshake();
  tcp.client("a", tcp_flag::kFin);
  tcp.server_ack();
  const std::vector<std::string> said = explain(store);
  CHECK_THAT(said[3], StartsWith("byte 1 of what the client sends"));
  CHECK_THAT(said[3], Contains("FIN: the client will send nothing more"));
  CHECK_THAT(said[4], StartsWith("Ack=3 acknowledges all bytes up to 1 and the client's FIN"));
}

TEST_CASE("a segment that is sent again says so, and a RST what it ends", "[story]") {
  PacketStore store;
  TestConversation tcp(store, kBrowser, kWebServer);
  tcp.handshake();
  const TestSegment first = tcp.next_of_client();
  tcp.client("a");
  TestSegment again = first;
  again.payload = "a";
  again.flags = tcp_flag::kPsh | tcp_flag::kAck;
  again.time = std::chrono::milliseconds(300);
  append(store, again);
  tcp.wait(std::chrono::milliseconds(400));
  tcp.server("", tcp_flag::kRst);
  const std::vector<std::string> said = explain(store);
  CHECK_THAT(said[4], StartsWith("retransmission: sent again"));
  CHECK_THAT(said[5], StartsWith("RST: the server ends the connection at once"));
}

TEST_CASE("a RST in answer to a SYN is a refusal", "[story]") {
  PacketStore store;
  TestConversation tcp(store, kBrowser, kWebServer);
  tcp.client("", tcp_flag::kSyn);
  tcp.server("", tcp_flag::kRst);
  CHECK_THAT(explain(store)[1], StartsWith("RST: the server refuses the connection"));
}

TEST_CASE("of a capture that begins in the middle no more is said than it shows", "[story]") {
  PacketStore store;
  TestConversation tcp(store, kBrowser, kWebServer);
  tcp.client("ping");
  tcp.server("pong");
  tcp.client("ping");
  const std::vector<std::string> said = explain(store);
  CHECK_THAT(said[1], Contains("Ack=5 acknowledges all bytes up to 4"));
  CHECK_THAT(said[2], Contains("Ack=5 acknowledges all bytes up to 4"));
  PacketStore idle;
  TestSegment ack{{}, kBrowser, kWebServer, tcp_flag::kAck, 100, 200, 64240, {}, ""};
  append(idle, ack);
  CHECK(explain(idle)[0] == "Ack=1: all that the server sent before that number had come");
}

TEST_CASE("a server that is not seen to answer may have answered", "[story]") {
  PacketStore store;
  TestConversation tcp(store, kBrowser, kWebServer);
  tcp.client("", tcp_flag::kSyn);
  TestSegment data = tcp.next_of_client();
  data.flags = tcp_flag::kPsh | tcp_flag::kAck;
  data.payload = "ping";
  append(store, data);
  tcp.server("", tcp_flag::kRst);
  CHECK_THAT(explain(store)[2], StartsWith("RST: the server ends the connection at once"));
}

TEST_CASE("an answer to both SYNs is no retransmission", "[story]") {
  PacketStore store;
  TestConversation tcp(store, kBrowser, kWebServer);
  tcp.client("", tcp_flag::kSyn);
  TestSegment asked = tcp.next_of_server();
  asked.flags = tcp_flag::kSyn;
  asked.acknowledgement = 0;
  append(store, asked);
  TestSegment again = tcp.next_of_client();
  again.sequence -= 1;
  again.flags = tcp_flag::kSyn | tcp_flag::kAck;
  again.acknowledgement = asked.sequence + 1;
  append(store, again);
  const std::vector<std::string> said = explain(store);
  REQUIRE(said.size() == 3);
  CHECK_THAT(said[2], StartsWith("both ends had asked at once"));
}

TEST_CASE("a datagram stands for itself", "[story]") {
  PacketStore store;
  const TestDatagram asked{{}, kBrowser, kWebServer, "abc"};
  append(store, asked);
  append_port_unreachable(store, asked);
  const std::vector<std::string> said = explain(store);
  REQUIRE(said.size() == 2);
  CHECK_THAT(said[0], StartsWith("the client sends one message of 3 bytes"));
  CHECK_THAT(said[1], StartsWith("ICMP: no socket of the server is bound to that port"));
}

}  // namespace wireproof
