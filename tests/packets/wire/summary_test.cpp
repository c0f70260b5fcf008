#include "packets/wire/summary.h"

#include "catch.h"
#include "packets/wire/transport.h"
#include "support/header_writer.h"
#include "support/packet_builder.h"

namespace wireproof {
namespace {

TestSegment segment(std::uint16_t flags, std::string_view payload) {
  TestSegment result;
  result.from = endpoint("10.0.0.1:5000");
  result.to = endpoint("10.0.0.2:80");
  result.flags = flags;
  result.acknowledgement = 5000;
  result.payload = payload;
  return result;
}

TEST_CASE("a TCP segment is summed up in Wireshark's notation", "[wire]") {
  const Bytes data = build_frame(segment(tcp_flag::kPsh | tcp_flag::kAck, "ping"));
  CHECK(render_summary(decode_frame(data), {1, 1, 502}) == "[PSH, ACK] Seq=1 Ack=1 Win=502 Len=4");
  CHECK(protocol_name(decode_frame(data)) == "TCP");

  TestSegment syn = segment(tcp_flag::kSyn, "");
  syn.options = syn_options();
  const Bytes syn_frame = build_frame(syn);
  CHECK(render_summary(decode_frame(syn_frame), {0, 0, 64240}) ==
        "[SYN] Seq=0 Win=64240 Len=0 MSS=1460 WS=128 SACK_PERM");
  const Bytes bare = build_frame(segment(0, ""));
  CHECK(render_summary(decode_frame(bare), {7, 0, 1}) == "[<None>] Seq=7 Win=1 Len=0");
}

TEST_CASE("SACK edges are relative to the stream that is acknowledged", "[wire]") {
  ByteWriter options;
  const SackBlock block{5010, 5020};
  write_sack_option(options, {&block, 1});
  TestSegment ack = segment(tcp_flag::kAck, "");
  ack.options = options.bytes();
  const Bytes frame = build_frame(ack);
  CHECK(render_summary(decode_frame(frame), {1, 5, 9}) ==
        "[ACK] Seq=1 Ack=5 Win=9 Len=0 SLE=15 SRE=25");
}

TEST_CASE("a segment that snaplen cut names what is there and the defect", "[wire]") {
  TestSegment syn = segment(tcp_flag::kSyn, "");
  syn.options = syn_options();
  const Bytes frame = build_frame(syn);
  const auto cut = [&](std::size_t size) {
    return decode_packet(RawPacket{{},
                                   static_cast<std::uint32_t>(frame.size()),
                                   LinkType::ethernet,
                                   ByteView(frame).first(size)});
  };
  CHECK(render_summary(cut(54), {0, 0, 64240}) ==
        "[SYN] Seq=0 Win=64240 Len=0 [byte 54: tcp options are cut off]");
  CHECK(render_summary(cut(40), {}) == "TCP [byte 34: tcp header is cut off]");
  CHECK(protocol_name(cut(40)) == "TCP");
  CHECK(render_summary(cut(36), {}) ==
        "IP protocol 6 (TCP) Len=32 [byte 34: tcp header is cut off]");
}

TEST_CASE("datagrams, ICMP errors and packets without a transport have their own words", "[wire]") {
  TestDatagram datagram{{}, endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:53"), "hello"};
  const Bytes udp = build_frame(datagram);
  CHECK(render_summary(decode_frame(udp), {}) == "UDP Len=5");
  const Bytes icmp = build_port_unreachable(datagram);
  CHECK(render_summary(decode_frame(icmp), {}) == "ICMP port unreachable");
  const Bytes gre = build_ip_frame(datagram.from.address, datagram.to.address, 47, {});
  CHECK(render_summary(decode_frame(gre), {}) == "IP protocol 47 (GRE) is not supported");
  const Bytes ospf = build_ip_frame(datagram.from.address, datagram.to.address, 89, {});
  CHECK(render_summary(decode_frame(ospf), {}) == "IP protocol 89 (OSPF) Len=0");
  const Bytes unnamed = build_ip_frame(datagram.from.address, datagram.to.address, 200, {});
  CHECK(render_summary(decode_frame(unnamed), {}) == "IP protocol 200 Len=0");
  Bytes arp(42, 0);
  arp[12] = 0x08;
  arp[13] = 0x06;
  CHECK(render_summary(decode_frame(arp), {}) == "ARP");
  CHECK(protocol_name(decode_frame(arp)) == "ARP");
}

TEST_CASE("a defect follows the summary with its place", "[wire]") {
  Bytes frame = build_frame(segment(tcp_flag::kAck, ""));
  frame[46] = 0x40;
  CHECK(render_summary(decode_frame(frame), {}) ==
        "IP protocol 6 (TCP) Len=20 [byte 46: tcp header length is below 20]");
}

TEST_CASE("the flags' names stand in the order of their bits", "[wire]") {
  CHECK(render_tcp_flags(0x1ff) == "[FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, AE]");
}

}  // namespace
}  // namespace wireproof
