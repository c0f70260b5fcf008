#include <algorithm>
#include <array>

#include "base/text/bytes.h"
#include "catch.h"
#include "packets/wire/ip.h"
#include "packets/wire/link.h"
#include "packets/wire/transport.h"
#include "support/header_writer.h"

namespace wireproof {
namespace {

IpAddress address(const char* text) {
  return parse_ip_address(text).value();
}

// Every header must refuse all bytes that are fewer than its own.
template <class Read>
void check_prefixes(const Bytes& bytes, Read read) {
  CHECK(read(ByteView(bytes)).has_value());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    INFO("prefix of " << size);
    CHECK_FALSE(read(ByteView(bytes).first(size)).has_value());
  }
}

TEST_CASE("a VLAN tag reads what was written and refuses every shorter prefix", "[wire]") {
  const VlanTag tag{5, true, 0xabc, ether_type::kIpv4};
  ByteWriter writer;
  write_vlan_tag(writer, tag);
  CHECK(render_hex(writer.bytes()) == "ba bc 08 00");
  CHECK(read_vlan_tag(writer.bytes()).value() == tag);
  check_prefixes(writer.bytes(), read_vlan_tag);
}

Ipv4Header ipv4_sample(ByteView options) {
  Ipv4Header header;
  header.type_of_service = 0x10;
  header.total_length = 1234;
  header.identification = 0xbeef;
  header.dont_fragment = true;
  header.more_fragments = true;
  header.fragment_offset_bytes = 1480;
  header.ttl = 7;
  header.protocol = ip_protocol::kUdp;
  header.checksum = 0x1234;
  header.source = address("192.0.2.1");
  header.destination = address("198.51.100.2");
  header.options = options;
  return header;
}

TEST_CASE("an IPv4 header reads what was written and refuses every shorter prefix", "[wire]") {
  const Bytes options = {1, 1, 1, 0};
  ByteWriter writer;
  write_ipv4(writer, ipv4_sample(options));
  const Ipv4Header header = read_ipv4(writer.bytes()).value();
  CHECK(header.type_of_service == 0x10);
  CHECK(header.total_length == 1234);
  CHECK(header.identification == 0xbeef);
  CHECK(header.dont_fragment);
  CHECK(header.more_fragments);
  CHECK(header.fragment_offset_bytes == 1480);
  CHECK(header.ttl == 7);
  CHECK(header.protocol == ip_protocol::kUdp);
  CHECK(header.checksum == 0x1234);
  CHECK(header.source == address("192.0.2.1"));
  CHECK(header.destination == address("198.51.100.2"));
  CHECK(std::ranges::equal(header.options, options));
  check_prefixes(writer.bytes(), read_ipv4);
}

TEST_CASE("an IPv4 header of another version or of less than 20 bytes is refused", "[wire]") {
  ByteWriter writer;
  write_ipv4(writer, ipv4_sample({}));
  Bytes bytes = writer.take();
  bytes[0] = 0x65;
  CHECK(read_ipv4(bytes).error().reason == "ip version is not 4");
  bytes[0] = 0x44;
  CHECK(read_ipv4(bytes).error().reason == "ipv4 header length is below 20");
}

TEST_CASE("an IPv6 header reads what was written and refuses every shorter prefix", "[wire]") {
  const Ipv6Header header{0x12,          0xabcde, 99, ip_protocol::kTcp, 3, address("2001:db8::1"),
                          address("::1")};
  ByteWriter writer;
  write_ipv6(writer, header);
  CHECK(read_ipv6(writer.bytes()).value() == header);
  check_prefixes(writer.bytes(), read_ipv6);
}

TEST_CASE("extension headers are stepped over up to the transport", "[wire]") {
  // Hop-by-hop of 8 bytes, destination options of 16, authentication of 12, fragment, then UDP.
  const Bytes bytes = parse_hex(
                          "3c 00 01 04 00 00 00 00"
                          "33 01 01 0c 00 00 00 00 00 00 00 00 00 00 00 00"
                          "2c 01 00 00 00 00 00 00 00 00 00 00"
                          "11 00 00 01 00 00 00 07")
                          .value();
  const ExtensionHeaders headers = read_ipv6_extensions(bytes, ip_protocol::kHopByHop);
  CHECK(headers.protocol == ip_protocol::kUdp);
  CHECK(headers.size == bytes.size());
  CHECK(headers.fragment == Ipv6Fragment{0, true, 7});
  CHECK_FALSE(headers.defect.has_value());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    INFO("prefix of " << size);
    CHECK(read_ipv6_extensions(ByteView(bytes).first(size), ip_protocol::kHopByHop).defect);
  }
}

TEST_CASE("a later fragment ends the chain of extension headers", "[wire]") {
  ByteWriter writer;
  write_ipv6_fragment(writer, ip_protocol::kDestinationOptions, Ipv6Fragment{1448, false, 9});
  writer.write_u32(0xffffffff);
  const ExtensionHeaders headers = read_ipv6_extensions(writer.bytes(), ip_protocol::kFragment);
  CHECK(headers.size == 8);
  CHECK(headers.fragment == Ipv6Fragment{1448, false, 9});
  CHECK_FALSE(headers.defect.has_value());
}

Expected<TcpHeader, HeaderDefect> read_tcp(ByteView bytes) {
  if (const std::optional<HeaderDefect> defect = find_tcp_defect(bytes)) {
    return Unexpected<HeaderDefect>(*defect);
  }
  TcpHeader header;
  fill_tcp(header, bytes);
  return header;
}

TEST_CASE("a TCP header reads what was written and refuses every shorter prefix", "[wire]") {
  const Bytes options = {2, 4, 5, 180};
  TcpHeader header{1, 2, 0xfffffffe, 0x01020304, 0x1ff, 502, 0xabcd, 9, options};
  ByteWriter writer;
  write_tcp(writer, header);
  const TcpHeader read = read_tcp(writer.bytes()).value();
  CHECK(read.source_port == 1);
  CHECK(read.destination_port == 2);
  CHECK(read.sequence == 0xfffffffe);
  CHECK(read.acknowledgement == 0x01020304);
  CHECK(read.flags == 0x1ff);
  CHECK(read.window == 502);
  CHECK(read.checksum == 0xabcd);
  CHECK(read.urgent_pointer == 9);
  CHECK(std::ranges::equal(read.options, options));
  check_prefixes(writer.bytes(), read_tcp);
}

TEST_CASE("a TCP header that claims less than 20 bytes is refused at its length field", "[wire]") {
  ByteWriter writer;
  write_tcp(writer, TcpHeader{});
  Bytes bytes = writer.take();
  bytes[12] = 0x40;
  CHECK(read_tcp(bytes).error() == HeaderDefect{12, "tcp header length is below 20"});
}

TEST_CASE("a UDP header reads what was written and refuses every shorter prefix", "[wire]") {
  ByteWriter writer;
  write_udp(writer, UdpHeader{53, 54321, 13, 0xabcd});
  const UdpHeader read = read_udp(writer.bytes()).value();
  CHECK(read.source_port == 53);
  CHECK(read.destination_port == 54321);
  CHECK(read.length == 13);
  CHECK(read.checksum == 0xabcd);
  check_prefixes(writer.bytes(), read_udp);
}

TEST_CASE("an ICMP header reads what was written and refuses every shorter prefix", "[wire]") {
  ByteWriter writer;
  write_icmp(writer, IcmpHeader{true, 1, 4, 0x01020304}, 0xffff);
  const auto read = [](ByteView bytes) { return read_icmp(bytes, IpVersion::v6); };
  const IcmpHeader header = read(writer.bytes()).value();
  CHECK(header.type == 1);
  CHECK(header.code == 4);
  CHECK(header.rest == 0x01020304);
  CHECK(is_port_unreachable(header));
  CHECK_FALSE(is_port_unreachable(IcmpHeader{false, 1, 4, 0}));
  CHECK(is_port_unreachable(IcmpHeader{false, 3, 3, 0}));
  for (const IcmpHeader& other : {IcmpHeader{false, 3, 1, 0}, IcmpHeader{false, 11, 3, 0},
                                  IcmpHeader{true, 1, 3, 0}, IcmpHeader{true, 3, 4, 0}}) {
    CHECK_FALSE(is_port_unreachable(other));
  }
  check_prefixes(writer.bytes(), read);
}

TEST_CASE("the internet checksum is that of RFC 1071's example", "[wire]") {
  // §3: the words 0001 f203 f4f5 f6f7 sum up to ddf2.
  CHECK(internet_checksum(parse_hex("0001f203f4f5f6f7").value()) == 0xffff - 0xddf2);
  CHECK(internet_checksum(parse_hex("01").value()) == 0xffff - 0x0100);
  CHECK(internet_checksum({}) == 0xffff);
}

TEST_CASE("TCP options read what was written", "[wire]") {
  ByteWriter writer;
  write_mss_option(writer, 1460);
  write_sack_permitted_option(writer);
  write_timestamps_option(writer, TcpTimestamps{1, 2});
  write_window_scale_option(writer, 7);
  TcpOptions expected;
  expected.mss = 1460;
  expected.sack_permitted = true;
  expected.timestamps = TcpTimestamps{1, 2};
  expected.window_scale = 7;
  CHECK(read_tcp_options(writer.bytes()) == expected);
  CHECK_FALSE(find_bad_tcp_option(writer.bytes()).has_value());

  ByteWriter sack;
  const std::array<SackBlock, 2> blocks = {SackBlock{10, 20}, SackBlock{30, 40}};
  write_sack_option(sack, blocks);
  const TcpOptions options = read_tcp_options(sack.bytes());
  CHECK(options.sack_block_count == 2);
  CHECK(options.sack_blocks[1] == blocks[1]);
}

TEST_CASE("a TCP option with a wrong length ends reading at it", "[wire]") {
  struct Case {
    const char* hex;
    std::optional<std::uint32_t> bad;
  };
  const Case cases[] = {{"", std::nullopt},
                        {"01 01 01 01", std::nullopt},
                        {"00 02 00 00", std::nullopt},      // behind the end of the list
                        {"fd 04 00 00", std::nullopt},      // an experiment: passed over
                        {"02 04 05 b4 03 04 07 00", 4},     // window scale has 3 bytes
                        {"01 02 00 00", 1},                 // a length of zero
                        {"02 04 05", 0},                    // cut off
                        {"01 01 01 08", 3},                 // a kind without a length
                        {"08 0b 0000000000000000 00", 0},   // timestamps have 10 bytes
                        {"05 0b 0000000000000000 00", 0}};  // SACK blocks have 8 each
  for (const Case& item : cases) {
    INFO(item.hex);
    const Bytes bytes = parse_hex(item.hex).value();
    CHECK(find_bad_tcp_option(bytes) == item.bad);
    CHECK(read_tcp_options(bytes).malformed == item.bad.has_value());
  }
  CHECK(read_tcp_options(parse_hex("02 04 05 b4 03 04 07 00").value()).mss == 1460);
}

}  // namespace
}  // namespace wireproof
