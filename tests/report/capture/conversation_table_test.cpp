#include "report/capture/conversation_table.h"

#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>

#include "catch.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

using Catch::Matchers::Contains;
using Json = nlohmann::json;

const Endpoint kClient = endpoint("10.0.0.1:5000");
const Endpoint kServer = endpoint("10.0.0.2:80");

// Two connections, of which the second is refused, and a datagram without answer.
PacketStore three_conversations() {
  PacketStore store;
  TestConversation first(store, kClient, kServer);
  first.handshake();
  first.client("ping");
  first.server("pong!");
  first.close();
  TestConversation second(store, endpoint("10.0.0.1:5001"), kServer);
  second.wait(std::chrono::seconds(1));
  second.client("", tcp_flag::kSyn);
  second.server("", tcp_flag::kRst);
  append(store, TestDatagram{std::chrono::seconds(2), kClient, endpoint("10.0.0.2:53"), "abc"});
  return store;
}

struct Sample {
  PacketStore store = three_conversations();
  std::vector<Packet> packets = store.decode_all();
  Conversations conversations = build_conversations(packets, ServedPorts{});
  ChosenPackets chosen{std::vector<bool>(packets.size(), true), packets.front().raw.time};

  std::size_t size() const { return packets.size(); }
  Json summary() const {
    return Json::parse(render_conversations(conversations, chosen, TableFormat::json));
  }
};

}  // namespace

TEST_CASE("a stream is named as Wireshark counts it", "[report]") {
  CHECK(parse_stream("3") == StreamName{StreamKind::tcp, 3});
  CHECK(parse_stream("tcp:3") == StreamName{StreamKind::tcp, 3});
  CHECK(parse_stream("udp 0") == StreamName{StreamKind::udp, 0});
  CHECK(render_stream({StreamKind::udp, 4}) == "udp 4");
  for (const char* const wrong : {"", "tcp", "tcp3", "udp:", "-1", "1.5", "sctp:1"}) {
    INFO(wrong);
    CHECK_FALSE(parse_stream(wrong).has_value());
  }
}

TEST_CASE("turns stand in the order of the streams, with what was not captured", "[report]") {
  PacketStore store;
  const auto send = [&store](bool from_client, std::uint16_t flags, std::uint32_t sequence,
                             std::string_view payload) {
    TestSegment segment;
    segment.from = from_client ? kClient : kServer;
    segment.to = from_client ? kServer : kClient;
    segment.flags = flags;
    segment.sequence = sequence;
    segment.acknowledgement = from_client ? 301 : 111;
    segment.payload = payload;
    append(store, segment);
  };
  send(true, tcp_flag::kSyn, 100, "");
  send(false, tcp_flag::kSyn | tcp_flag::kAck, 300, "");
  send(true, tcp_flag::kAck, 103, "cd");
  send(true, tcp_flag::kAck, 101, "ab");
  send(true, tcp_flag::kAck, 110, "z");
  send(false, tcp_flag::kAck, 301, "ok");
  send(false, tcp_flag::kAck | tcp_flag::kFin, 303, "");
  const std::vector<Packet> packets = store.decode_all();
  std::ostringstream out;
  write_followed(build_conversations(packets, ServedPorts{}), {StreamKind::tcp, 0}, out);
  CHECK(out.str() ==
        "client, 4 bytes (packet 3 to 4):\n"
        "  00000000  61 62 63 64                                      abcd\n"
        "client: 5 bytes not captured\n"
        "client, 1 byte (packet 5):\n"
        "  00000009  7a                                               z\n"
        "server, 2 bytes (packet 6):\n"
        "  00000000  6f 6b                                            ok\n"
        "server: FIN (packet 7)\n");
}

TEST_CASE("a line tells who spoke, how much, and how it ended", "[report]") {
  const Json lines = Sample().summary();
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].at("Stream") == "tcp 0");
  CHECK(lines[0].at("Client") == "10.0.0.1:5000");
  CHECK(lines[0].at("Server") == "10.0.0.2:80");
  CHECK(lines[0].at("Packets") == 9);
  CHECK(lines[0].at("Client Bytes") == 4);
  CHECK(lines[0].at("Server Bytes") == 5);
  CHECK(lines[0].at("Duration") == 0.008);
  CHECK(lines[0].at("History") == "SsADdFafA");
  CHECK(lines[0].at("Remark") == "client closed first");
  CHECK(lines[1].at("Stream") == "tcp 1");
  CHECK(lines[1].at("Start") == 1.0);
  CHECK(lines[1].at("Remark") == "refused");
  CHECK(lines[2].at("Stream") == "udp 0");
  CHECK(lines[2].at("Client Bytes") == 3);
  CHECK(lines[2].at("History") == "D");
}

TEST_CASE("who closed is told by what each end had seen, and never where the capture shows less",
          "[report]") {
  const auto remark = [](const std::function<void(TestConversation&)>& play) {
    PacketStore store;
    TestConversation tcp(store, kClient, kServer);
    play(tcp);
    const std::vector<Packet> packets = store.decode_all();
    const Conversations conversations = build_conversations(packets, ServedPorts{});
    const ChosenPackets all{std::vector<bool>(packets.size(), true), {}};
    return Json::parse(render_conversations(conversations, all, TableFormat::json))[0]
        .at("Remark")
        .get<std::string>();
  };
  CHECK(remark([](TestConversation& tcp) {
          tcp.handshake();
          tcp.client("", tcp_flag::kFin);
          tcp.server_ack();
        }) == "closed by the client alone");
  CHECK(remark([](TestConversation& tcp) {
          tcp.handshake();
          tcp.client("", tcp_flag::kFin);
          tcp.server("", tcp_flag::kFin);
          tcp.client("", tcp_flag::kRst);
        }).starts_with("client closed first; reset by the client"));
  CHECK(remark([](TestConversation& tcp) { tcp.client("", tcp_flag::kSyn); }) == "nobody answered");
  // Of the server nothing was captured; its SYN came all the same.
  CHECK(remark([](TestConversation& tcp) {
          tcp.client("", tcp_flag::kSyn);
          tcp.skip_server("");
          tcp.client("ping", tcp_flag::kAck);
        }).starts_with("open at the end"));
}

TEST_CASE("FINs that crossed are nobody's first", "[report]") {
  PacketStore store;
  TestConversation tcp(store, kClient, kServer);
  tcp.handshake();
  TestSegment crossed = tcp.next_of_server();
  crossed.flags = tcp_flag::kFin | tcp_flag::kAck;
  tcp.client("", tcp_flag::kFin);
  append(store, crossed);
  const std::vector<Packet> packets = store.decode_all();
  const Conversations conversations = build_conversations(packets, ServedPorts{});
  const ChosenPackets all{std::vector<bool>(packets.size(), true), {}};
  CHECK_THAT(render_conversations(conversations, all, TableFormat::text),
             Contains("both closed at once"));
}

TEST_CASE("a capture without times has none in its lines", "[report]") {
  Sample sample;
  sample.chosen.start.reset();
  CHECK_THAT(render_conversations(sample.conversations, sample.chosen, TableFormat::csv),
             Contains(",4,5,,,SsADdFafA,"));
}

TEST_CASE("a conversation of which no packet was chosen has no line and no story", "[report]") {
  Sample sample;
  sample.chosen.shown.assign(sample.size(), false);
  sample.chosen.shown.back() = true;
  const Json lines = sample.summary();
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].at("Stream") == "udp 0");
  CHECK(render_stories(sample.conversations, sample.chosen) ==
        "udp 0: client 10.0.0.1:5000, server 10.0.0.2:53, 1 packet\n"
        "  the client sent 1 datagram\n");
}

TEST_CASE("a story has its conversation's name and end", "[report]") {
  const Sample sample;
  const std::string text = render_stories(sample.conversations, sample.chosen);
  CHECK_THAT(text, Contains("tcp 0: client 10.0.0.1:5000, server 10.0.0.2:80, 9 packets\n"
                            "  the client sent 4 bytes in 1 packet\n"));
  CHECK_THAT(text, Contains("  client closed first\n\ntcp 1: "));
}

TEST_CASE("packets of a capture that was read as a whole have stream, cause and explanation",
          "[report]") {
  const Sample sample;
  const std::vector<KnownPacket> known = know_packets(sample.conversations, sample.size());
  REQUIRE(known.size() == sample.size());
  CHECK(known[3].stream == StreamName{StreamKind::tcp, 0});
  CHECK(known[3].cause.call.calls == std::vector<std::string>{"send"});
  CHECK(known[3].cause.call_inferred);
  CHECK_THAT(known[3].explanation, Contains("bytes 1 to 4"));
  CHECK(known.back().stream == StreamName{StreamKind::udp, 0});
}

}  // namespace wireproof
