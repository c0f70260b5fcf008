#include "expect/path/path_rules.h"

#include <utility>

#include "catch.h"
#include "expect/match/match.h"
#include "packets/wire/checksum.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

using Ms = std::chrono::milliseconds;

constexpr std::size_t kLinkSize = 14;  // of the builder's Ethernet header

Bytes without_link(const Bytes& frame) {
  return {frame.begin() + kLinkSize, frame.end()};
}

Bytes segment(Side from, std::uint16_t flags, std::string_view payload = "") {
  TestSegment built;
  built.from = endpoint(from == Side::client ? "127.0.0.2:4000" : "127.0.0.1:80");
  built.to = endpoint(from == Side::client ? "127.0.0.1:80" : "127.0.0.2:4000");
  built.flags = flags;
  built.sequence = 100;
  built.payload = payload;
  return without_link(build_frame(built));
}

Bytes datagram(std::string_view payload) {
  TestDatagram built;
  built.from = endpoint("127.0.0.2:4000");
  built.to = endpoint("127.0.0.1:80");
  built.payload = payload;
  return without_link(build_frame(built));
}

constexpr std::uint16_t kData = tcp_flag::kPsh | tcp_flag::kAck;

PathRule rule(const PathAction& action, const PathChoice& which = {}) {
  PathRule made;
  made.packets = PathPackets::data;
  made.from = Side::client;
  made.which = which;
  made.action = action;
  return made;
}

PathRule rule_about(std::uint16_t flags) {
  PathRule made = rule({PathDeed::lose});
  made.packets = PathPackets::row;
  made.row.kind = RowKind::tcp;
  made.row.flags = flags;
  return made;
}

class Path {
 public:
  explicit Path(std::vector<PathRule> rules, const PathConditions& conditions = {})
      : rules_(std::move(rules), conditions, kNoLayouts, [](const IpAddress& address) {
          return address == endpoint("127.0.0.2:1").address ? "alice" : "";
        }) {}

  PathTurn pass(const Bytes& bytes, Side from = Side::client, Duration now = {}) {
    return rules_.pass(decode_frame(bytes, LinkType::raw_ip), from, now);
  }
  const PathUse& use(std::size_t rule = 0) const { return rules_.uses()[rule]; }
  std::vector<PathHeld> held() const { return rules_.held(); }

 private:
  PathRules rules_;
};

std::vector<std::size_t> find_lost(Path& path, std::size_t count) {
  std::vector<std::size_t> lost;
  for (std::size_t i = 1; i <= count; ++i) {
    if (path.pass(segment(Side::client, kData, "data")).fate == PacketFate::lost) lost.push_back(i);
  }
  return lost;
}

TEST_CASE("a path without rules hands each packet on to the other end at once") {
  Path path({});
  const Bytes sent = segment(Side::server, kData, "hello");
  const PathTurn turn = path.pass(sent, Side::server, Ms(7));
  CHECK(turn.fate == PacketFate::arrived);
  REQUIRE(turn.deliveries.size() == 1);
  CHECK(turn.deliveries[0].to == Side::client);
  CHECK(turn.deliveries[0].at == Ms(7));
  CHECK(turn.deliveries[0].bytes == sent);
}

TEST_CASE("a rule acts on those packets that it names") {
  Path second({rule({PathDeed::lose}, {{{2, 2}}, 0})});
  CHECK(find_lost(second, 5) == std::vector<std::size_t>{2});
  CHECK(second.use() == PathUse{5, 1});
  Path some({rule({PathDeed::lose}, {{{1, 1}, {3, 4}}, 0})});
  CHECK(find_lost(some, 5) == std::vector<std::size_t>{1, 3, 4});
  Path every_second({rule({PathDeed::lose}, {{}, 2})});
  CHECK(find_lost(every_second, 5) == std::vector<std::size_t>{2, 4});
  Path all({rule({PathDeed::lose})});
  CHECK(find_lost(all, 2) == std::vector<std::size_t>{1, 2});
}

TEST_CASE("a rule is about the packets of its direction and client") {
  Path path({rule({PathDeed::lose})});
  CHECK(path.pass(segment(Side::server, kData, "x"), Side::server).fate == PacketFate::arrived);
  CHECK(path.pass(segment(Side::client, tcp_flag::kAck)).fate == PacketFate::arrived);
  CHECK(path.use() == PathUse{0, 0});
  PathRule of_bob = rule({PathDeed::lose});
  of_bob.client = "bob";
  Path others({of_bob});
  CHECK(find_lost(others, 1).empty());
  of_bob.client = "alice";
  Path own({of_bob});
  CHECK(find_lost(own, 1).size() == 1);
}

TEST_CASE("a rule's Info is read as in a table") {
  const auto loses = [](std::uint16_t info, std::uint16_t flags, std::string_view payload = "") {
    Path path({rule_about(info)});
    return path.pass(segment(Side::client, flags, payload)).fate == PacketFate::lost;
  };
  using namespace tcp_flag;
  CHECK(loses(kSyn, kSyn));
  CHECK_FALSE(loses(kSyn, kSyn | kAck));
  CHECK_FALSE(loses(kSyn | kAck, kSyn));
  CHECK(loses(kAck, kAck));
  CHECK_FALSE(loses(kAck, kAck, "data"));
  CHECK_FALSE(loses(kAck, kFin | kAck));
  CHECK(loses(kPsh | kAck, kAck, "data"));
  CHECK_FALSE(loses(kPsh | kAck, kAck));
  CHECK(loses(kFin | kAck, kFin | kAck, "data"));
  CHECK_FALSE(loses(kRst, kFin | kAck));
}

TEST_CASE("a rule about ICMP port unreachable is about nothing else") {
  PathRule refusal = rule({PathDeed::lose});
  refusal.packets = PathPackets::row;
  refusal.row.kind = RowKind::port_unreachable;
  refusal.from = Side::server;
  TestDatagram asked;
  asked.from = endpoint("127.0.0.2:4000");
  asked.to = endpoint("127.0.0.1:80");
  Path path({refusal});
  CHECK(path.pass(segment(Side::server, kData, "x"), Side::server).fate == PacketFate::arrived);
  CHECK(path.pass(without_link(build_port_unreachable(asked)), Side::server).fate ==
        PacketFate::lost);
  CHECK(path.use() == PathUse{1, 1});
}

TEST_CASE("a rule asks for a length and a payload where they are written") {
  PathRule five = rule_about(kData);
  five.row.length = Range{5, 5};
  Path path({five});
  CHECK(path.pass(segment(Side::client, kData, "four")).fate == PacketFate::arrived);
  CHECK(path.pass(segment(Side::client, kData, "fiver")).fate == PacketFate::lost);
}

TEST_CASE("of several rules the first that names a packet acts, and all count it") {
  Path path({rule({PathDeed::lose}, {{{1, 1}}, 0}), rule({PathDeed::duplicate})});
  CHECK(path.pass(segment(Side::client, kData, "x")).fate == PacketFate::lost);
  CHECK(path.pass(segment(Side::client, kData, "x")).fate == PacketFate::twice);
  CHECK(path.use(0) == PathUse{2, 1});
  CHECK(path.use(1) == PathUse{2, 1});
}

TEST_CASE("a delayed packet comes later, a copy right behind its first") {
  PathAction delay{PathDeed::delay};
  delay.delay = Ms(40);
  Path late({rule(delay)});
  const PathTurn turn = late.pass(segment(Side::client, kData, "x"), Side::client, Ms(1));
  CHECK(turn.fate == PacketFate::late);
  REQUIRE(turn.deliveries.size() == 1);
  CHECK(turn.deliveries[0].at == Ms(41));
  Path twice({rule({PathDeed::duplicate})});
  const PathTurn copies = twice.pass(segment(Side::client, kData, "x"));
  REQUIRE(copies.deliveries.size() == 2);
  CHECK(copies.deliveries[0].bytes == copies.deliveries[1].bytes);
}

TEST_CASE("a swapped packet comes out behind the next of its direction") {
  Path path({rule({PathDeed::swap}, {{{1, 1}}, 0})});
  const Bytes first = segment(Side::client, kData, "first");
  const Bytes second = segment(Side::client, kData, "second");
  CHECK(path.pass(first).deliveries.empty());
  CHECK(path.pass(segment(Side::server, kData, "other"), Side::server).deliveries.size() == 1);
  const PathTurn turn = path.pass(second);
  REQUIRE(turn.deliveries.size() == 2);
  CHECK(turn.deliveries[0].bytes == second);
  CHECK(turn.deliveries[1].bytes == first);
  CHECK(path.pass(second).deliveries.size() == 1);
}

TEST_CASE("a path tells which packet a rule holds until the next one comes") {
  PathRule swaps = rule({PathDeed::swap}, {{{2, 2}}, 0});
  swaps.number = 3;
  Path path({swaps});
  const Bytes sent = segment(Side::client, kData, "sent");
  path.pass(sent);
  CHECK(path.held().empty());
  path.pass(segment(Side::server, kData, "other"), Side::server);
  path.pass(sent);
  CHECK(path.held() == std::vector<PathHeld>{{2, 3}});
  path.pass(segment(Side::server, kData, "other"), Side::server);
  CHECK(path.held().size() == 1);
  path.pass(sent);
  CHECK(path.held().empty());
}

TEST_CASE("a corrupted byte keeps its checksum, or gets one that fits") {
  PathAction corrupt{PathDeed::corrupt};
  corrupt.byte = 1;
  for (const bool mends : {false, true}) {
    corrupt.mends_checksum = mends;
    for (const Bytes& sent : {segment(Side::client, kData, "abc"), datagram("abc")}) {
      Path path({rule(corrupt)});
      const PathTurn turn = path.pass(sent);
      CHECK(turn.fate == (mends ? PacketFate::corrupted_right : PacketFate::corrupted));
      REQUIRE(turn.deliveries.size() == 1);
      const Packet packet = decode_frame(turn.deliveries[0].bytes, LinkType::raw_ip);
      CHECK(as_text(packet.payload) ==
            "a\x9d"
            "c");
      CHECK(has_wrong_checksum(packet) == !mends);
    }
  }
  corrupt.byte = 3;  // there is none
  Path path({rule(corrupt)});
  CHECK(path.pass(datagram("abc")).fate == PacketFate::arrived);
}

TEST_CASE("a cut packet has lengths and checksums that fit") {
  PathAction cut{PathDeed::cut};
  cut.size = 2;
  for (const Bytes& sent : {segment(Side::client, kData, "abcde"), datagram("abcde")}) {
    Path path({rule(cut)});
    const PathTurn turn = path.pass(sent);
    CHECK(turn.fate == PacketFate::cut);
    REQUIRE(turn.deliveries.size() == 1);
    const Packet packet = decode_frame(turn.deliveries[0].bytes, LinkType::raw_ip);
    CHECK(as_text(packet.payload) == "ab");
    CHECK_FALSE(packet.is_cut());
    CHECK_FALSE(packet.defect);
    CHECK_FALSE(has_wrong_checksum(packet));
  }
}

TEST_CASE("an ICMP error goes back to the sender and quotes its packet") {
  PathAction refuse{PathDeed::fragmentation_needed};
  refuse.size = 1000;
  Path path({rule(refuse)});
  const Bytes sent = segment(Side::client, kData, "abc");
  const PathTurn turn = path.pass(sent);
  CHECK(turn.fate == PacketFate::lost);
  REQUIRE(turn.deliveries.size() == 1);
  CHECK(turn.deliveries[0].to == Side::client);
  const Packet packet = decode_frame(turn.deliveries[0].bytes, LinkType::raw_ip);
  REQUIRE(packet.icmp() != nullptr);
  CHECK(packet.icmp()->type == 3);
  CHECK(packet.icmp()->code == 4);
  CHECK(packet.icmp()->rest == 1000);
  CHECK(packet.ip->destination == endpoint("127.0.0.2:1").address);
  const Bytes quoted(packet.payload.begin(), packet.payload.end());
  CHECK(quoted == Bytes(sent.begin(), sent.begin() + 28));
}

// The IPv4 packet in two fragments (RFC 791 §3.2), the first with `size` bytes behind its header.
std::pair<Bytes, Bytes> fragments(const Bytes& packet, std::size_t size) {
  constexpr std::size_t kHeader = 20;
  Bytes first(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(kHeader + size));
  Bytes second(packet.begin(), packet.begin() + kHeader);
  second.insert(second.end(), packet.begin() + static_cast<std::ptrdiff_t>(kHeader + size),
                packet.end());
  const auto put = [](Bytes& bytes, std::size_t at, std::size_t value) {
    bytes[at] = static_cast<std::uint8_t>(value >> 8);
    bytes[at + 1] = static_cast<std::uint8_t>(value);
  };
  constexpr std::size_t kMoreFragments = 0x2000;
  put(first, 2, first.size());
  put(first, 6, kMoreFragments);
  put(second, 2, second.size());
  put(second, 6, size / 8);
  fill_checksums(first);
  fill_checksums(second);
  return {first, second};
}

TEST_CASE("what was sent in fragments is one packet, and they share its fate") {
  PathRule three_hundred = rule({PathDeed::lose}, {{{1, 1}}, 0});
  three_hundred.packets = PathPackets::row;
  three_hundred.row.kind = RowKind::udp;
  three_hundred.row.length = Range{300, 300};
  Path path({three_hundred});
  const auto [first, second] = fragments(datagram(std::string(300, 'x')), 160);
  CHECK(path.pass(first).fate == PacketFate::lost);
  CHECK(path.pass(second).fate == PacketFate::lost);
  CHECK(path.use() == PathUse{1, 1});
  CHECK(path.pass(datagram("short")).fate == PacketFate::arrived);
  CHECK(path.pass(first).fate == PacketFate::arrived);
  CHECK(path.pass(second).fate == PacketFate::arrived);
  CHECK(path.use() == PathUse{2, 1});
  Path answering({rule({PathDeed::port_unreachable})});
  CHECK(answering.pass(first).deliveries.size() == 1);
  CHECK(answering.pass(second).deliveries.empty());
  Path swapping({rule({PathDeed::swap}, {{{1, 1}}, 0})});
  CHECK(swapping.pass(first).deliveries.empty());
  CHECK(swapping.pass(second).deliveries.empty());
  CHECK(swapping.pass(datagram("next")).deliveries.size() == 3);
}

TEST_CASE("a rule that does not fit a packet has not acted on it") {
  PathAction cut{PathDeed::cut};
  cut.size = 10;
  Path path({rule(cut)});
  CHECK(path.pass(datagram("short")).fate == PacketFate::arrived);
  CHECK(path.use() == PathUse{1, 0});
}

TEST_CASE("a path with a rate lets packets through one after the other, and its queue is bounded") {
  PathConditions conditions;
  conditions.rate_bits_per_second = 8000;  // a byte a millisecond
  conditions.queue_packets = 1;
  conditions.delay = Ms(5);
  Path path({}, conditions);
  const Bytes sent = datagram(std::string(72, 'x'));  // 100 bytes with both headers
  REQUIRE(sent.size() == 100);
  CHECK(path.pass(sent).deliveries.at(0).at == Ms(105));
  CHECK(path.pass(sent).deliveries.at(0).at == Ms(205));
  CHECK(path.pass(sent).fate == PacketFate::lost);
  CHECK(path.pass(sent, Side::server).deliveries.at(0).at == Ms(105));
  CHECK(path.pass(sent, Side::client, Ms(100)).deliveries.at(0).at == Ms(305));
  CHECK(path.pass(sent, Side::client, Ms(900)).deliveries.at(0).at == Ms(1005));
}

TEST_CASE("a seeded loss is the same each time, and about as large as it says") {
  PathConditions conditions;
  conditions.loss_percent = 10;
  conditions.loss_seed = 7;
  Path first({}, conditions);
  Path second({}, conditions);
  conditions.loss_seed = 8;
  Path other({}, conditions);
  const std::vector<std::size_t> lost = find_lost(first, 1000);
  CHECK(lost == find_lost(second, 1000));
  CHECK(lost != find_lost(other, 1000));
  CHECK(lost.size() > 60);
  CHECK(lost.size() < 140);
}

}  // namespace
}  // namespace wireproof
