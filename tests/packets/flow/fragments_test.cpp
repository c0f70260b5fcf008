#include "packets/flow/fragments.h"

#include <algorithm>

#include "catch.h"
#include "packets/flow/captured.h"
#include "packets/flow/connection_watch.h"
#include "packets/wire/ip.h"
#include "support/header_writer.h"

namespace wireproof {
namespace {

constexpr std::size_t kIpAt = 14;
const Endpoint kClientV6 = endpoint("[2001:db8::1]:5000");
const Endpoint kServerV6 = endpoint("[2001:db8::2]:53");
using Indexes = std::vector<std::size_t>;

// A frame's IP payload [begin, begin + size) behind `link`, as a fragment.
struct Cut {
  Bytes frame;
  std::uint16_t identification = 7;
  Bytes link{0x02, 0, 0, 0, 0, 2, 0x02, 0, 0, 0, 0, 1, 0x08, 0};

  Bytes v4(std::size_t begin, std::size_t size) const {
    const ByteView ip = ByteView(frame).subspan(kIpAt);
    Ipv4Header header = read_ipv4(ip).value();
    const ByteView payload = ip.subspan(header.size());
    const std::size_t end = std::min(payload.size(), begin + size);
    header.total_length = static_cast<std::uint16_t>(header.size() + end - begin);
    header.identification = identification;
    header.dont_fragment = false;
    header.more_fragments = end < payload.size();
    header.fragment_offset_bytes = static_cast<std::uint16_t>(begin);
    ByteWriter writer;
    writer.write_bytes(link);
    write_ipv4(writer, with_checksum(header));
    writer.write_bytes(payload.subspan(begin, end - begin));
    return writer.take();
  }

  // RFC 8200 §4.5; what follows the fragment header is of that number.
  Bytes v6(std::size_t begin, std::size_t size, std::uint8_t next = ip_protocol::kUdp) const {
    const ByteView ip = ByteView(frame).subspan(kIpAt);
    Ipv6Header header = read_ipv6(ip).value();
    const ByteView payload = ip.subspan(kIpv6HeaderSize);
    const std::size_t end = std::min(payload.size(), begin + size);
    header.payload_length = static_cast<std::uint16_t>(8 + end - begin);
    header.next_header = ip_protocol::kFragment;
    ByteWriter writer;
    writer.write_bytes(ByteView(frame).first(kIpAt));
    write_ipv6(writer, header);
    write_ipv6_fragment(writer, next,
                        {static_cast<std::uint16_t>(begin), end < payload.size(), identification});
    writer.write_bytes(payload.subspan(begin, end - begin));
    return writer.take();
  }
};

Cut cut_of(std::string_view text) {
  return {build_frame(TestDatagram{{}, kClient, kNameServer, text})};
}

struct CapturedParts : Captured {
  void add(const Bytes& frame, Duration time = {}) { append_frame(store, time, frame); }
  const Conversations& sort(std::uint16_t tcp_port = 0, std::uint16_t udp_port = 53) {
    return Captured::sort(tcp_port, udp_port);
  }
  // The payload of the only datagram.
  std::string only() {
    sort();
    if (sorted.udp.size() != 1 || sorted.udp[0].datagrams.size() != 1) return "none";
    return std::string(as_text(sorted.udp[0].datagrams[0].payload));
  }
};

std::string sample(std::size_t size) {
  std::string text;
  while (text.size() < size) text += std::to_string(text.size()) + " ";
  text.resize(size);
  return text;
}

}  // namespace

TEST_CASE("a datagram in fragments is one datagram where the last of them came", "[flow]") {
  const std::string text = sample(3000);
  const Cut cut = cut_of(text);
  std::vector<std::size_t> order{0, 1, 2};
  do {
    CapturedParts capture;
    for (const std::size_t part : order) capture.add(cut.v4(part * 1480, 1480));
    append(capture.store, TestDatagram{{}, kNameServer, kClient, "answer"});
    const Conversations& sorted = capture.sort();
    REQUIRE(sorted.udp.size() == 1);
    REQUIRE(sorted.udp[0].datagrams.size() == 2);
    const Datagram& whole = sorted.udp[0].datagrams[0];
    CHECK(as_text(whole.payload) == text);
    CHECK(whole.payload_size == 3000);
    CHECK_FALSE(whole.truncated);
    CHECK(whole.packet == 2);
    CHECK(sorted.fragments == std::vector<FragmentPart>{{0, 2}, {1, 2}});
    CHECK(sorted.others.empty());
    CHECK(sorted.broken_packets == 0);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("any link layer may carry fragments", "[flow]") {
  const std::string text = sample(2000);
  const Bytes links[] = {
      {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x81, 0, 0, 5, 0x08, 0},                  // VLAN
      {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 0}};  // QinQ
  for (const Bytes& link : links) {
    Cut cut = cut_of(text);
    cut.link = link;
    CapturedParts capture;
    capture.add(cut.v4(0, 1480));
    capture.add(cut.v4(1480, 1480));
    CHECK(capture.only() == text);
  }
}

TEST_CASE("a datagram over IPv6 is put together behind its fragment headers", "[flow]") {
  const std::string text = sample(3000);
  CapturedParts capture;
  const Cut cut{build_frame(TestDatagram{{}, kClientV6, kServerV6, text})};
  for (const std::size_t begin : {1448U, 0U, 2896U}) capture.add(cut.v6(begin, 1448));
  CHECK(capture.only() == text);
}

TEST_CASE("what stands behind the fragment header may be an extension header", "[flow]") {
  const Bytes whole = build_frame(TestDatagram{{}, kClientV6, kServerV6, sample(100)});
  Bytes payload = {ip_protocol::kUdp, 0, 1, 4, 0, 0, 0, 0};  // destination options
  payload.insert(payload.end(), whole.begin() + kIpAt + kIpv6HeaderSize, whole.end());
  const Cut cut{build_ip_frame(kClientV6.address, kServerV6.address,
                               ip_protocol::kDestinationOptions, payload)};
  CapturedParts capture;
  capture.add(cut.v6(0, 64, ip_protocol::kDestinationOptions));
  capture.add(cut.v6(64, 64, ip_protocol::kDestinationOptions));
  CHECK(capture.only() == sample(100));
}

TEST_CASE("a TCP segment in fragments is one segment", "[flow]") {
  const std::string text = sample(2000);
  CapturedParts capture;
  TestConversation tcp(capture.store, kClient, endpoint("10.0.0.2:80"));
  tcp.handshake();
  TestSegment data = tcp.next_of_client();
  data.payload = text;
  data.flags |= tcp_flag::kFin;
  const Cut cut{build_frame(data)};
  capture.add(cut.v4(1480, 1480));
  capture.add(cut.v4(0, 1480));
  const Conversations& sorted = capture.sort(80, 0);
  REQUIRE(sorted.tcp.size() == 1);
  CHECK(as_text(sorted.tcp[0].client_stream) == text);
  CHECK(render_history(sorted.tcp[0]) == "SsADF");
  CHECK(sorted.tcp[0].segments.back().packet == 4);
}

TEST_CASE("fragments that overlap or come twice make one datagram", "[flow]") {
  const std::string text = sample(3000);
  const Cut cut = cut_of(text);
  CapturedParts capture;
  for (const std::size_t begin : {0U, 0U, 1472U, 800U, 2400U}) capture.add(cut.v4(begin, 1480));
  CHECK(capture.only() == text);
}

TEST_CASE("an overlap with other bytes makes an IPv4 packet void", "[flow]") {
  const Cut cut = cut_of(sample(2000));
  const Cut other = cut_of(std::string(2000, '?'));
  CapturedParts capture;
  capture.add(cut.v4(0, 800));
  capture.add(other.v4(400, 800));
  capture.add(cut.v4(800, 1480));
  capture.add(cut.v4(400, 400));
  CHECK(capture.only() == "none");
  CHECK(capture.sorted.broken_packets == 1);
  CHECK(capture.sorted.others == Indexes{0, 1, 2, 3});
}

TEST_CASE("IPv6 fragments may come twice, and not overlap otherwise", "[flow]") {
  const std::string text = sample(2000);
  const Cut cut{build_frame(TestDatagram{{}, kClientV6, kServerV6, text})};
  CapturedParts twice;
  twice.add(cut.v6(0, 800));
  twice.add(cut.v6(0, 800), std::chrono::seconds(1));
  twice.add(cut.v6(800, 1480), std::chrono::seconds(2));
  CHECK(twice.only() == text);
  CapturedParts overlap;
  overlap.add(cut.v6(0, 800));
  overlap.add(cut.v6(400, 800));
  overlap.add(cut.v6(800, 1480));
  CHECK(overlap.only() == "none");
  CHECK(overlap.sorted.broken_packets == 1);
}

TEST_CASE("a packet with two ends is void", "[flow]") {
  const Cut cut = cut_of(sample(2000));
  const Cut shorter = cut_of(sample(1000));
  CapturedParts capture;
  capture.add(cut.v4(1600, 1480));
  capture.add(shorter.v4(800, 1480));
  capture.add(cut.v4(0, 800));
  capture.add(cut.v4(800, 800));
  CHECK(capture.only() == "none");
  CHECK(capture.sorted.broken_packets == 1);
}

TEST_CASE("an identification that is used again begins another packet", "[flow]") {
  const std::string text = sample(2000);
  const Cut lost = cut_of(std::string(2000, '?'));
  const Cut cut = cut_of(text);
  CapturedParts capture;
  capture.add(lost.v4(0, 1480));  // its other fragment was not captured
  capture.add(cut.v4(0, 1480), std::chrono::seconds(1));
  capture.add(cut.v4(1480, 1480), std::chrono::seconds(1));
  CHECK(capture.only() == text);
  CHECK(capture.sorted.broken_packets == 1);
  CHECK(capture.sorted.others == Indexes{0});
}

TEST_CASE("fragments of two VLANs are of two packets", "[flow]") {
  const std::string text = sample(2000);
  Cut tagged = cut_of(text);
  tagged.link = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 0x08, 0};
  CapturedParts capture;
  capture.add(tagged.v4(0, 1480));
  capture.add(cut_of(text).v4(1480, 1480));
  CHECK(capture.only() == "none");
  CHECK(capture.sorted.broken_packets == 2);
  capture.add(tagged.v4(1480, 1480), std::chrono::seconds(1));
  CHECK(capture.only() == text);
}

TEST_CASE("fragments that were captured twice make one datagram", "[flow]") {
  const std::string text = sample(2000);
  const Cut cut = cut_of(text);
  const Cut v6{build_frame(TestDatagram{{}, kClientV6, kServerV6, text})};
  CapturedParts capture;
  for (const Bytes& frame : {cut.v4(0, 1480), cut.v4(1480, 1480)}) {
    capture.add(frame);
    capture.add(frame);
  }
  CHECK(capture.only() == text);
  CHECK(capture.sorted.copies == std::vector<CapturedCopy>{{1, 0}, {3, 2}});
  CHECK(capture.sorted.broken_packets == 0);
  CapturedParts over_v6;
  for (const Bytes& frame : {v6.v6(0, 1480), v6.v6(1480, 1480)}) {
    over_v6.add(frame);
    over_v6.add(frame);
  }
  CHECK(over_v6.only() == text);
}

TEST_CASE("fragments of a datagram that is not whole are of no conversation", "[flow]") {
  const Cut cut = cut_of(sample(3000));
  const std::vector<Indexes> kept{{0, 1}, {0, 2}, {1, 2}};
  for (const Indexes& parts : kept) {
    CapturedParts capture;
    for (const std::size_t part : parts) capture.add(cut.v4(part * 1480, 1480));
    const Conversations& sorted = capture.sort();
    CHECK(sorted.udp.empty());
    CHECK(sorted.fragments.empty());
    CHECK(sorted.others == Indexes{0, 1});
    CHECK(sorted.broken_packets == 1);
  }
}

TEST_CASE("broken packets count where they may be of a port that is looked at", "[flow]") {
  struct Case {
    std::size_t begin;
    std::uint16_t tcp_port;
    std::uint16_t udp_port;
    std::size_t broken;
  };
  const Case cases[] = {
      {0, 0, 53, 1},   {0, 80, 53, 1}, {0, 80, 5000, 1},  {0, 80, 54, 0},
      {0, 80, 0, 0},   {0, 0, 0, 1},   {1480, 80, 54, 1},  // its ports are unknown
      {1480, 80, 0, 0}};
  const Cut cut = cut_of(sample(3000));
  for (const Case& item : cases) {
    INFO(item.begin << ' ' << item.tcp_port << ' ' << item.udp_port);
    CapturedParts capture;
    capture.add(cut.v4(item.begin, 1480));
    CHECK(capture.sort(item.tcp_port, item.udp_port).broken_packets == item.broken);
    CHECK(capture.sorted.others == Indexes{0});
  }
}

TEST_CASE("a broken ping is nobody's here", "[flow]") {
  const Bytes echo(3000, 8);
  const Cut cut{build_ip_frame(kClient.address, kNameServer.address, ip_protocol::kIcmp, echo)};
  CapturedParts capture;
  capture.add(cut.v4(0, 1480));
  CHECK(capture.sort(0, 0).broken_packets == 0);
}

TEST_CASE("packets are told apart by addresses, protocol and identification", "[flow]") {
  const std::string text = sample(2000);
  std::vector<Cut> cuts(2, cut_of(text));
  cuts[1].identification = 8;
  cuts.push_back({build_frame(TestDatagram{{}, kNameServer, kClient, text})});
  cuts.push_back(
      {build_ip_frame(kClient.address, kNameServer.address, ip_protocol::kIcmp, Bytes(2008))});
  CapturedParts capture;
  for (const Cut& cut : cuts) capture.add(cut.v4(0, 1480));
  for (const Cut& cut : cuts) capture.add(cut.v4(1480, 1480));
  const Conversations& sorted = capture.sort();
  REQUIRE(sorted.udp.size() == 1);
  REQUIRE(sorted.udp[0].datagrams.size() == 3);
  for (const Datagram& datagram : sorted.udp[0].datagrams) CHECK(as_text(datagram.payload) == text);
  CHECK(sorted.others == Indexes{7});
}

TEST_CASE("a packet is given up 60 seconds after its first fragment", "[flow]") {
  const std::string text = sample(2000);
  const Cut cut = cut_of(text);
  using std::chrono::seconds;
  for (const seconds late : {seconds(60), seconds(61)}) {
    CapturedParts capture;
    capture.add(cut.v4(0, 1480));
    capture.add(cut.v4(1480, 1480), late);
    CHECK(capture.only() == (late == seconds(60) ? text : "none"));
    CHECK(capture.sorted.broken_packets == (late == seconds(60) ? 0 : 2));
  }
  CapturedParts again;  // the identification is used once more
  again.add(cut.v4(0, 1480));
  again.add(cut.v4(0, 1480), seconds(100));
  again.add(cut.v4(1480, 1480), seconds(101));
  CHECK(again.only() == text);
  CHECK(again.sorted.broken_packets == 1);
}

TEST_CASE("another packet's first fragment gives up only what is older than 60 seconds", "[flow]") {
  const std::string text = sample(2000);
  using std::chrono::seconds;
  const Cut cut = cut_of(text);
  Cut other = cut;
  other.identification = 8;
  CapturedParts capture;
  capture.add(cut.v4(0, 1480));
  capture.add(other.v4(0, 1480), seconds(60));
  capture.add(cut.v4(1480, 1480), seconds(60));
  CHECK(capture.only() == text);
}

TEST_CASE("packets that never become whole do not keep others from it", "[flow]") {
  const std::string text = sample(2000);
  Cut cut = cut_of(text);
  CapturedParts capture;
  const std::size_t count = FragmentJoiner::kMaxPending + 1;
  for (cut.identification = 1; cut.identification <= count; ++cut.identification) {
    capture.add(cut.v4(0, 1480));
  }
  cut.identification = 2;  // the oldest that still waits
  capture.add(cut.v4(1480, 1480));
  CHECK(capture.only() == text);
  CHECK(capture.sorted.broken_packets == FragmentJoiner::kMaxPending);
}

TEST_CASE("a fragment that snaplen cut makes nothing whole", "[flow]") {
  const Cut cut = cut_of(sample(2000));
  const Bytes first = cut.v4(0, 1480);
  CapturedParts capture;
  capture.store.append({kTestStart, static_cast<std::uint32_t>(first.size()), LinkType::ethernet,
                        ByteView(first).first(100)});
  capture.add(cut.v4(1480, 1480));
  CHECK(capture.only() == "none");
  CHECK(capture.sorted.broken_packets == 1);
}

TEST_CASE("no packet is larger than IP allows", "[flow]") {
  const Cut cut = cut_of(sample(40'000));
  Bytes beyond = cut.v4(39'976, 1480);
  beyond[kIpAt + 6] = 0x1f;  // the offset: 65528
  beyond[kIpAt + 7] = 0xff;
  CapturedParts capture;
  capture.add(cut.v4(0, 1480));
  capture.add(beyond);
  CHECK(capture.only() == "none");
}

TEST_CASE("a watch sees the FIN of a segment in fragments where it ends", "[flow]") {
  PacketStore store;
  TestConversation tcp(store, kClient, endpoint("10.0.0.2:80"));
  tcp.handshake();
  TestSegment fin = tcp.next_of_client();
  fin.payload = "0123456789abcdef";
  fin.flags |= tcp_flag::kFin;
  const Cut cut{build_frame(fin)};
  append_frame(store, {}, cut.v4(0, 24));
  append_frame(store, {}, cut.v4(24, 24));
  tcp.skip_client(fin.payload);
  tcp.server("", tcp_flag::kFin);  // acknowledges the data only
  tcp.client_ack();
  ConnectionWatch watch(80);
  for (const Packet& packet : store.decode_all()) watch.see(packet);
  CHECK_FALSE(watch.all_ended());
  TestSegment ack = tcp.next_of_server();
  ++ack.acknowledgement;
  append(store, ack);
  watch.see(store.decode_all().back());
  CHECK(watch.all_ended());
}

}  // namespace wireproof
