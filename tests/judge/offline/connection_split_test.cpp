#include "judge/offline/connection_split.h"

#include "catch.h"
#include "judge/offline/one_connection.h"
#include "judge/parsed_sheet.h"
#include "packets/wire/ip.h"
#include "sheet/text/problem_code.h"
#include "support/header_writer.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

using Numbers = std::vector<std::vector<std::uint64_t>>;

const Endpoint kServerEnd = endpoint("10.0.0.9:7000");

Endpoint client_end(std::uint16_t number) {
  Endpoint client = endpoint("10.0.0.1:40000");
  client.port = static_cast<std::uint16_t>(client.port + number);
  return client;
}

// What a capture is parted into: the packets of each connection.
class Parted {
 public:
  explicit Parted(const PacketStore& store, const StoreLimits& limits = {}) {
    ConnectionSplit split(
        7000,
        [this](CapturedFlow flow) {
          std::vector<CapturedFlow> connections = split_flow(std::move(flow), 7000);
          for (CapturedFlow& one : connections) {
            numbers.push_back(one.numbers);
            clients.push_back(one.client);
            packets.push_back(std::move(one.packets));
            ended.push_back(one.has_ended);
            lacking.push_back(one.may_lack);
            ambiguous.push_back(one.is_ambiguous);
          }
          before_end = has_ended ? before_end : numbers.size();
        },
        limits);
    for (std::size_t i = 0; i < store.size(); ++i) {
      if (!split.add(decode_packet(store.at(i)))) ++refused;
    }
    has_ended = true;
    split.finish();
    cut = split.cut_packets();
    broken = split.broken_fragments();
  }

  Numbers numbers;
  std::vector<Endpoint> clients;
  std::vector<PacketStore> packets;
  std::vector<bool> ended;
  std::vector<bool> lacking;  // maybe
  std::vector<bool> ambiguous;
  std::size_t before_end = 0;  // connections that were handed over while the capture was read
  std::size_t refused = 0;     // packets
  std::uint64_t cut = 0;
  std::uint64_t broken = 0;
  bool has_ended = false;
};

void add_talk(PacketStore& store, const Endpoint& client, std::uint32_t number = 0) {
  TestConversation talk(store, client, kServerEnd);
  if (number != 0) talk.set_initial_sequences(number, number);
  talk.handshake();
  talk.client("a");
  talk.close();
}

// The bytes [begin, begin + size) of a frame's IP payload as a fragment; size 0: the rest.
Bytes fragment_of(const Bytes& frame, std::size_t begin, std::size_t size) {
  constexpr std::size_t kIpAt = 14;
  const ByteView ip = ByteView(frame).subspan(kIpAt);
  Ipv4Header header = read_ipv4(ip).value();
  const ByteView all = ip.subspan(header.size());
  const ByteView part = size == 0 ? all.subspan(begin) : all.subspan(begin, size);
  header.total_length = static_cast<std::uint16_t>(header.size() + part.size());
  header.identification = 7;
  header.dont_fragment = false;
  header.more_fragments = size != 0;
  header.fragment_offset_bytes = static_cast<std::uint16_t>(begin);
  ByteWriter writer;
  writer.write_bytes(ByteView(frame).first(kIpAt));
  write_ipv4(writer, with_checksum(header));
  writer.write_bytes(part);
  return writer.take();
}

std::string refusal_of(const std::string& head, const std::string& session) {
  const Scenario sheet = parse_sheet("---\nserver: echo\n" + head +
                                     "---\n# One\n\n## Session\n```session\n" + session +
                                     "```\n\n## Measures\n| Measure | Expected |\n|---|---|\n"
                                     "| packets | < 100 |\n");
  const auto refused = refuse_each_connection(sheet, true);
  if (!refused) return "";
  CHECK(refused->code == ProblemCode::not_one_connection);
  return refused->message;
}

}  // namespace

TEST_CASE("connections at the same time are parted, each in its order", "[judge]") {
  PacketStore store;
  TestConversation first(store, client_end(1), kServerEnd);
  TestConversation other(store, client_end(1), endpoint("10.0.0.9:7001"));
  TestConversation second(store, client_end(2), kServerEnd);
  first.handshake();   // 1 to 3
  other.handshake();   // 4 to 6
  second.handshake();  // 7 to 9
  first.client("a");
  second.client("b");
  first.server("c");
  second.close();
  const Parted parted(store);
  CHECK(parted.numbers == Numbers{{1, 2, 3, 10, 12}, {7, 8, 9, 11, 13, 14, 15, 16}});
  CHECK(parted.ended == std::vector<bool>{false, true});
}

TEST_CASE("ports that are used again hold another connection", "[judge]") {
  PacketStore store;
  add_talk(store, client_end(1), 100);
  add_talk(store, client_end(1), 9000000);
  const Parted parted(store);
  CHECK(parted.numbers == Numbers{{1, 2, 3, 4, 5, 6, 7, 8}, {9, 10, 11, 12, 13, 14, 15, 16}});
  CHECK(parted.before_end == 1);
}

TEST_CASE("an opening that what follows decides parts a flow as the judge does", "[judge]") {
  PacketStore store;
  TestConversation old(store, client_end(1), kServerEnd);
  old.set_initial_sequences(100, 100);
  old.handshake();
  old.client("a");
  TestConversation later(store, client_end(1), kServerEnd);  // the end of it was not captured
  later.set_initial_sequences(9000000, 9000000);
  later.handshake();
  later.client("a");
  const Parted parted(store);
  CHECK(parted.numbers == Numbers{{1, 2, 3, 4}, {5, 6, 7, 8}});
  CHECK(parted.ended == std::vector<bool>{true, false});  // where another has begun, it is over
}

TEST_CASE("a part that alone would be two connections is said to be ambiguous", "[judge]") {
  PacketStore store;
  TestConversation old(store, client_end(1), kServerEnd);
  old.set_initial_sequences(100, 100);
  old.handshake();
  TestSegment stray = old.next_of_client();
  stray.flags = tcp_flag::kSyn;
  stray.sequence = 5000000;
  append(store, stray);
  add_talk(store, client_end(1), 9000000);
  const Parted parted(store);
  CHECK(parted.numbers == Numbers{{1, 2, 3, 4}, {5, 6, 7, 8, 9, 10, 11, 12}});
  CHECK(parted.ambiguous == std::vector<bool>{true, false});
}

TEST_CASE("what comes late is of the connection that has ended", "[judge]") {
  PacketStore store;
  TestConversation talk(store, client_end(1), kServerEnd);
  talk.handshake();
  talk.close();
  add_talk(store, client_end(2));
  TestSegment late = talk.next_of_server();
  late.flags = tcp_flag::kRst;
  append(store, late);
  CHECK(Parted(store).numbers ==
        Numbers{{1, 2, 3, 4, 5, 6, 7, 16}, {8, 9, 10, 11, 12, 13, 14, 15}});
}

TEST_CASE("of what has ended nothing is kept behind the stragglers", "[judge]") {
  PacketStore store;
  add_talk(store, client_end(1));
  TestConversation open(store, client_end(2), kServerEnd);
  open.handshake();
  for (std::uint64_t i = 0; i < ConnectionSplit::kStragglers; ++i) open.client("");
  const Parted parted(store);
  CHECK(parted.before_end == 1);
  CHECK(parted.numbers.size() == 2);
}

TEST_CASE("connections that have ended make room for those that come", "[judge]") {
  PacketStore store;
  for (std::uint16_t i = 0; i < 100; ++i) add_talk(store, client_end(i));
  StoreLimits limits;
  limits.packets = 20;
  const Parted parted(store, limits);
  CHECK(parted.refused == 0);
  CHECK(parted.numbers.size() == 100);
  CHECK(parted.before_end > 95);
}

TEST_CASE("more packets of open connections than the limits allow are refused", "[judge]") {
  PacketStore store;
  for (std::uint16_t i = 0; i < 10; ++i) {
    TestConversation(store, client_end(i), kServerEnd).handshake();
  }
  StoreLimits limits;
  limits.packets = 20;
  const Parted parted(store, limits);
  CHECK(parted.refused == 10);
  CHECK(parted.numbers.size() == 7);
}

TEST_CASE("a segment that was sent in fragments is of its connection with all of them", "[judge]") {
  PacketStore store;
  TestConversation talk(store, client_end(1), kServerEnd);
  talk.handshake();
  TestConversation other(store, client_end(2), kServerEnd);
  TestSegment whole = talk.next_of_client();
  whole.flags = tcp_flag::kAck | tcp_flag::kPsh;
  whole.payload = "0123456789abcdef";
  const Bytes frame = build_frame(whole);
  const auto time = std::chrono::milliseconds(9);
  append_frame(store, time, fragment_of(frame, 16, 8));  // 4
  other.client("", tcp_flag::kSyn);                      // 5
  append_frame(store, time, fragment_of(frame, 0, 16));
  append_frame(store, time, fragment_of(frame, 24, 0));
  const Parted parted(store);
  CHECK(parted.numbers == Numbers{{1, 2, 3, 4, 6, 7}, {5}});
  CHECK(parted.broken == 0);
  CHECK(parted.lacking == std::vector<bool>{false, false});
  append_frame(store, time, fragment_of(frame, 16, 8));
  CHECK(Parted(store).broken == 1);
  CHECK(Parted(store).lacking == std::vector<bool>{true, true});
}

TEST_CASE("an opening that was sent in fragments begins its connection with all of them",
          "[judge]") {
  PacketStore store;
  add_talk(store, client_end(1), 100);
  TestConversation later(store, client_end(1), kServerEnd);
  later.set_initial_sequences(9000000, 9000000);
  TestSegment opening = later.next_of_client();
  opening.flags = tcp_flag::kSyn;
  const Bytes frame = build_frame(opening);
  append_frame(store, std::chrono::milliseconds(9), fragment_of(frame, 0, 16));
  append_frame(store, std::chrono::milliseconds(9), fragment_of(frame, 16, 0));
  const Parted parted(store);
  CHECK(parted.numbers == Numbers{{1, 2, 3, 4, 5, 6, 7, 8}, {9, 10}});
  CHECK(parted.clients == std::vector<Endpoint>{client_end(1), client_end(1)});
  CHECK(parted.lacking == std::vector<bool>{false, false});
}

TEST_CASE("a fragment stands before what came between it and the last one", "[judge]") {
  PacketStore store;
  add_talk(store, client_end(2));  // 1 to 8
  TestConversation talk(store, client_end(1), kServerEnd);
  TestSegment opening = talk.next_of_client();
  opening.flags = tcp_flag::kSyn;
  const Bytes frame = build_frame(opening);
  append_frame(store, std::chrono::milliseconds(9), fragment_of(frame, 0, 16));  // 9
  TestConversation(store, client_end(3), kServerEnd).client("", tcp_flag::kSyn);
  talk.client("", tcp_flag::kSyn);  // 11: sent again, whole
  append_frame(store, std::chrono::milliseconds(9), fragment_of(frame, 16, 0));
  const Parted parted(store);
  CHECK(parted.numbers == Numbers{{1, 2, 3, 4, 5, 6, 7, 8}, {9, 11, 12}, {10}});
  REQUIRE(parted.packets[1].size() == 3);
  CHECK(decode_packet(parted.packets[1].at(0)).ip->is_fragment());
  CHECK(decode_packet(parted.packets[1].at(1)).tcp() != nullptr);
}

TEST_CASE("a connection whose ports were used again is looked at no more", "[judge]") {
  PacketStore store;
  add_talk(store, client_end(1), 100);
  add_talk(store, client_end(1), 9000000);
  TestConversation open(store, client_end(2), kServerEnd);
  for (std::uint64_t i = 0; i < ConnectionSplit::kStragglers - 4; ++i) open.client("");
  std::size_t parted = 0;
  ConnectionSplit split(7000, [&](const CapturedFlow&) { ++parted; });
  for (std::size_t i = 0; i < store.size(); ++i) split.add(decode_packet(store.at(i)));
  CHECK(parted == 1);
  CHECK(split.waiting() == 1);
}

TEST_CASE("a header that is cut is of the connection that its ports name, or of nobody",
          "[judge]") {
  PacketStore store;
  TestConversation talk(store, client_end(1), kServerEnd);
  talk.handshake();
  add_talk(store, client_end(2));  // 4 to 11
  const Bytes frame = build_frame(talk.next_of_client());
  const auto add_cut = [&](std::size_t size) {
    store.append({kTestStart, static_cast<std::uint32_t>(frame.size()), LinkType::ethernet,
                  ByteView(frame).first(size)});
  };
  constexpr std::size_t kBeforeTcp = 34;
  add_cut(kBeforeTcp + 8);
  CHECK(Parted(store).lacking == std::vector<bool>{false, false});
  PacketStore alone;
  alone.append(store.at(store.size() - 1));
  CHECK(Parted(alone).clients == std::vector<Endpoint>{client_end(1)});
  add_cut(kBeforeTcp + 2);
  add_talk(store, client_end(3));
  const Parted parted(store);
  CHECK(parted.numbers[0] == std::vector<std::uint64_t>{1, 2, 3, 12});
  CHECK(parted.lacking == std::vector<bool>{true, true, false});
  CHECK(parted.cut == 1);
}

TEST_CASE("a sheet of one client's one TCP connection tells what each has to be", "[judge]") {
  CHECK(refusal_of("", "connect\nsend \"a\"\nclose\n") == "");
  CHECK(refusal_of("", "connect\nrepeat 3 {\n  send \"a\"\n}\nclose\n") == "");
  const std::string several = "the session is more than one connection of one client";
  CHECK(refusal_of("", "alice: connect\nbob: connect\nalice: send \"a\"\n") == several);
  CHECK(refusal_of("", "connect\nclose\nconnect\nclose\n") == several);
  CHECK(refusal_of("", "clients 3\neach: connect\neach: close\n") == several);
  CHECK(refusal_of("transport: udp\n", "connect\nsend \"a\"\n") ==
        "the sheet is about datagrams, not about connections");
}

}  // namespace wireproof
