#include "judge/traffic/traffic.h"

#include "catch.h"
#include "judge/ends.h"

namespace wireproof {
namespace {

void connect(PacketStore& store, const std::string& client) {
  TestConversation(store, endpoint(client), kEchoServer).handshake();
}

ActorEndpoint actor(const std::string& name, const std::string& end, bool tcp = true) {
  return {name, endpoint(end), tcp};
}

// "alice 40000 40001; bob": the actors with the ports of their connections.
std::string owned(const Traffic& traffic) {
  std::string text;
  for (const ActorConversations& one : traffic.actors()) {
    text += (text.empty() ? "" : "; ") + one.actor;
    for (const TcpConnection* connection : one.tcp) {
      text += " " + std::to_string(connection->client.port);
    }
    for (const UdpExchange* exchange : one.udp) {
      text += " udp " + std::to_string(exchange->client.port);
    }
  }
  return text;
}

}  // namespace

TEST_CASE("a conversation is the actor's from whose end it came, else nobody's", "[judge]") {
  PacketStore store;
  connect(store, "127.0.0.3:40001");
  connect(store, "127.0.0.2:40000");
  connect(store, "127.0.0.9:40009");
  const Traffic traffic(decode_capture(store, 7, 0),
                        {actor("alice", "127.0.0.2:40000"), actor("bob", "127.0.0.3:40001"),
                         actor("carol", "127.0.0.4:40002")},
                        {});
  CHECK(owned(traffic) == "alice 40000; bob 40001; carol");
  REQUIRE(traffic.find("bob") != nullptr);
  CHECK(traffic.find("bob")->tcp.front() == &traffic.conversations().tcp.front());
  CHECK(traffic.find("dave") == nullptr);
  const std::vector<TcpConnection>& connections = traffic.conversations().tcp;
  CHECK(traffic.actor_of(connections[0]) == "bob");
  CHECK(traffic.actor_of(connections[1]) == "alice");
  CHECK(traffic.actor_of(connections[2]).empty());
  CHECK(traffic.left_over_tcp() == std::vector<const TcpConnection*>{&connections[2]});
  CHECK(traffic.left_over_udp().empty());
  CHECK(traffic.start() == traffic.packets().front().raw.time);
}

TEST_CASE("a port of both transports, or one that is used again, keeps its owner", "[judge]") {
  PacketStore store;
  for (int again = 0; again < 2; ++again) {
    TestConversation tcp(store, endpoint("127.0.0.2:40000"), kEchoServer);
    tcp.set_initial_sequences(1000U + 100'000U * static_cast<std::uint32_t>(again), 5000);
    tcp.handshake();
    tcp.close();
  }
  append(store, TestDatagram{{}, endpoint("127.0.0.2:40000"), kEchoServer, "ping"});
  const Traffic traffic(
      decode_capture(store, 7, 7),
      {actor("alice", "127.0.0.2:40000"), actor("udp-bob", "127.0.0.2:40000", false),
       actor("alice", "127.0.0.2:40000"), actor("carol", "127.0.0.2:40000")},
      {});
  CHECK(owned(traffic) == "alice 40000 40000; udp-bob udp 40000; carol");
}

TEST_CASE("of a saved capture a claim takes one conversation", "[judge]") {
  PacketStore store;
  for (std::uint32_t again = 0; again < 3; ++again) {
    TestConversation tcp(store, endpoint("127.0.0.2:40000"), kEchoServer);
    tcp.set_initial_sequences(1000U + 100'000U * again, 5000);
    tcp.handshake();
    tcp.close();
  }
  append(store, TestDatagram{{}, endpoint("127.0.0.2:40000"), kEchoServer, "ping"});
  PlayedSession played;
  played.actors = {actor("alice", "127.0.0.2:40000"), actor("bob", "127.0.0.2:40000")};
  const Traffic traffic = assign_traffic(decode_capture(store, 7, 7), played, true);
  CHECK(owned(traffic) == "alice 40000; bob 40000");
  CHECK(traffic.left_over_tcp().size() == 1);
  CHECK(traffic.left_over_udp().size() == 1);
}

TEST_CASE("conversations that no client opened are the program's, of several one by one",
          "[judge]") {
  PacketStore store;
  for (int port = 1; port <= 4; ++port) connect(store, "127.0.0.2:" + std::to_string(port));
  append(store, TestDatagram{{}, endpoint("127.0.0.2:5"), kEchoServer, "ping"});
  const auto assigned = [&](const std::vector<std::string>& programs) {
    PlayedSession played;
    played.actors = {actor("alice", "127.0.0.2:2")};
    played.programs = programs;
    return owned(assign_traffic(decode_capture(store, 7, 7), played));
  };
  CHECK(assigned({}) == "alice 2");
  CHECK(assigned({"tool"}) == "alice 2; tool 1 3 4 udp 5");
  CHECK(assigned({"one", "two"}) == "alice 2; one 1; two 3 4 udp 5");
  CHECK(assigned({"one", "two", "three"}) == "alice 2; one 1; two 3; three 4 udp 5");
}

TEST_CASE("each packet has its cause, from the calls where there are some", "[judge]") {
  PacketStore store;
  TestConversation tcp(store, endpoint("127.0.0.2:40000"), kEchoServer);
  tcp.handshake();
  tcp.client("ping");
  append(store, TestDatagram{{}, endpoint("127.0.0.3:40001"), kEchoServer, "hello"});
  std::vector<SocketCall> calls(2);
  calls[0].name = "send";
  calls[0].result = 4;
  calls[0].local = endpoint("127.0.0.2:40000");
  calls[1].name = "sendto";
  calls[1].result = 5;
  calls[1].local = endpoint("127.0.0.3:40001");
  const Traffic traffic(decode_capture(store, 7, 7), {}, calls);
  CHECK(traffic.causes().size() == store.size());
  CHECK(traffic.causes().at(3).causing_calls == std::vector<std::size_t>{0});
  CHECK(traffic.causes().at(4).causing_calls == std::vector<std::size_t>{1});
}

TEST_CASE("traffic that was moved still points into itself", "[judge]") {
  PacketStore store;
  connect(store, "127.0.0.2:40000");
  Traffic made(decode_capture(store, 7, 0), {actor("alice", "127.0.0.2:40000")}, {});
  const Traffic traffic = std::move(made);
  CHECK(traffic.find("alice")->tcp.front() == &traffic.conversations().tcp.front());
  CHECK(Traffic(decode_capture(PacketStore(), 7, 0), {}, {}).start() == Timestamp());
}

namespace {

Endpoint client() {
  return *parse_endpoint("127.0.0.2:40000");
}

std::vector<std::string> faults_of(const Conversations& conversations) {
  Soundness soundness;
  add_stream_faults(conversations, soundness);
  return soundness.faults;
}

}  // namespace

TEST_CASE("bytes that were acknowledged but never captured are a fault of the capture", "[judge]") {
  Conversations conversations;
  TcpConnection& connection = conversations.tcp.emplace_back();
  connection.client = client();
  CHECK(faults_of(conversations).empty());
  connection.holes = {{Side::server, 3, 7}};
  CHECK(faults_of(conversations) ==
        std::vector<std::string>{"bytes 3..6 of the server at 127.0.0.2:40000 were acknowledged "
                                 "but never captured"});
  connection.holes[0].from = Side::client;
  CHECK(faults_of(conversations)[0].starts_with("bytes 3..6 of the client"));
}

TEST_CASE("bytes that were sent twice with other content are a fault until they are acknowledged",
          "[judge]") {
  PacketStore store;
  TestConversation tcp(store, client(), kEchoServer);
  tcp.handshake();
  TestSegment again = tcp.next_of_client();
  tcp.client("ping");
  const auto faults = [&] { return faults_of(decode_capture(store, 7, 0).conversations); };
  again.payload = "pin";  // a part of the same bytes
  append(store, again);
  again.payload = "XXXX";  // of before the SYN: an old duplicate
  again.sequence -= 100'000;
  append(store, again);
  again.sequence += 100'000;
  CHECK(faults().empty());
  SECTION("nobody acknowledged them") {
    again.payload = "pong";
    append(store, again);
    CHECK(faults() ==
          std::vector<std::string>{"bytes of the client at 127.0.0.2:40000 were sent twice, in "
                                   "packet 7 with other content"});
  }
  SECTION("their receiver had them already") {
    tcp.server_ack();
    again.payload = "pong";
    append(store, again);
    CHECK(faults().empty());
    again.payload = "pongs";  // what is new was sent once
    append(store, again);
    CHECK(faults().empty());
  }
}

TEST_CASE("packets that the capture cut are a fault, of either transport", "[judge]") {
  Conversations conversations;
  conversations.tcp.emplace_back().client = client();
  conversations.tcp.back().truncated = true;
  UdpExchange& exchange = conversations.udp.emplace_back();
  exchange.client = client();
  exchange.datagrams.resize(2);
  CHECK(faults_of(conversations) ==
        std::vector<std::string>{"the capture cut packets of 127.0.0.2:40000 (snaplen)"});
  exchange.datagrams[1].truncated = true;
  conversations.tcp.clear();
  CHECK(faults_of(conversations) ==
        std::vector<std::string>{"the capture cut datagrams of 127.0.0.2:40000 (snaplen)"});
  conversations.udp.clear();
  conversations.cut_packets = 2;
  CHECK(faults_of(conversations) ==
        std::vector<std::string>{"the capture cut headers of 2 packets (snaplen)"});
}

TEST_CASE("what a capture counted is its soundness, with the faults that follow", "[judge]") {
  CaptureCounts counts;
  counts.delivered = 3;
  counts.received = 4;
  counts.start_marker = counts.end_marker = true;
  Soundness soundness = judge_soundness(counts);
  CHECK(soundness.captured);
  CHECK(soundness.delivered == 3);
  CHECK(soundness.received == 4);
  CHECK(soundness.faults == find_capture_faults(counts));
  counts.dropped = 1;
  soundness = judge_soundness(counts);
  CHECK(soundness.dropped == 1);
  CHECK_FALSE(soundness.faults.empty());
}

TEST_CASE("without a session the tables name the clients, each once", "[judge]") {
  const auto sheet = parse_scenario(
      "one",
      SourceText("one.md",
                 "---\nserver: echo\n---\n# One\n## Packets\n| From | To | Info |\n|---|---|---|\n"
                 "| alice | server | [SYN] |\n| server | bob | [SYN, ACK] |\n"
                 "| alice | server | [ACK] |\n"),
      {});
  REQUIRE(sheet);
  CHECK(actor_names(*sheet) == std::vector<std::string>{"alice", "bob"});
}

}  // namespace wireproof
