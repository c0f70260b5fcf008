#include "support/packet_builder.h"

#include <cassert>

#include "support/header_writer.h"

namespace wireproof {
namespace {

constexpr MacAddress kSourceMac = {0x02, 0, 0, 0, 0, 1};
constexpr MacAddress kDestinationMac = {0x02, 0, 0, 0, 0, 2};

std::uint16_t small(std::size_t size) {
  assert(size <= 0xffff);
  return static_cast<std::uint16_t>(size);
}

void write_ip(ByteWriter& writer, const IpAddress& from, const IpAddress& to, std::uint8_t protocol,
              std::size_t payload_size) {
  assert(from.version == to.version);
  if (from.version == IpVersion::v4) {
    Ipv4Header header;
    header.total_length = small(header.size() + payload_size);
    header.dont_fragment = true;
    header.protocol = protocol;
    header.source = from;
    header.destination = to;
    return write_ipv4(writer, with_checksum(header));
  }
  Ipv6Header header;
  header.payload_length = small(payload_size);
  header.next_header = protocol;
  header.source = from;
  header.destination = to;
  write_ipv6(writer, header);
}

Bytes tcp_bytes(const TestSegment& segment, std::uint16_t checksum) {
  TcpHeader header;
  header.source_port = segment.from.port;
  header.destination_port = segment.to.port;
  header.sequence = segment.sequence;
  header.acknowledgement = segment.acknowledgement;
  header.flags = segment.flags;
  header.window = segment.window;
  header.checksum = checksum;
  header.options = segment.options;
  ByteWriter writer;
  write_tcp(writer, header);
  writer.write_bytes(as_bytes(segment.payload));
  return writer.take();
}

Bytes udp_bytes(const TestDatagram& datagram, std::uint16_t checksum) {
  ByteWriter writer;
  const std::uint16_t length = small(kUdpHeaderSize + datagram.payload.size());
  write_udp(writer, UdpHeader{datagram.from.port, datagram.to.port, length, checksum});
  writer.write_bytes(as_bytes(datagram.payload));
  return writer.take();
}

// RFC 768: a sum of zero is sent as all ones.
Bytes udp_bytes(const TestDatagram& datagram) {
  const std::uint16_t sum = transport_checksum(datagram.from.address, datagram.to.address,
                                               ip_protocol::kUdp, udp_bytes(datagram, 0));
  return udp_bytes(datagram, sum == 0 ? std::uint16_t{0xffff} : sum);
}

Bytes icmp_bytes(const IcmpHeader& header, ByteView quoted, std::uint16_t checksum) {
  ByteWriter writer;
  write_icmp(writer, header, checksum);
  writer.write_bytes(quoted);
  return writer.take();
}

}  // namespace

Bytes build_ip_frame(const IpAddress& from, const IpAddress& to, std::uint8_t protocol,
                     ByteView payload) {
  ByteWriter writer;
  const bool is_v4 = from.version == IpVersion::v4;
  write_ethernet(writer, kDestinationMac, kSourceMac,
                 is_v4 ? ether_type::kIpv4 : ether_type::kIpv6);
  write_ip(writer, from, to, protocol, payload.size());
  writer.write_bytes(payload);
  return writer.take();
}

Bytes build_frame(const TestSegment& segment) {
  const IpAddress& from = segment.from.address;
  const IpAddress& to = segment.to.address;
  const std::uint16_t sum = transport_checksum(from, to, ip_protocol::kTcp, tcp_bytes(segment, 0));
  return build_ip_frame(from, to, ip_protocol::kTcp, tcp_bytes(segment, sum));
}

Bytes build_frame(const TestDatagram& datagram) {
  return build_ip_frame(datagram.from.address, datagram.to.address, ip_protocol::kUdp,
                        udp_bytes(datagram));
}

Bytes build_port_unreachable(const TestDatagram& datagram) {
  const IpAddress& from = datagram.to.address;
  const IpAddress& to = datagram.from.address;
  const Bytes about = udp_bytes(datagram);
  ByteWriter quoted;
  write_ip(quoted, to, from, ip_protocol::kUdp, about.size());
  quoted.write_bytes(about);
  if (from.version == IpVersion::v4) {
    const IcmpHeader header{false, 3, 3, 0};
    const std::uint16_t sum = internet_checksum(icmp_bytes(header, quoted.bytes(), 0));
    return build_ip_frame(from, to, ip_protocol::kIcmp, icmp_bytes(header, quoted.bytes(), sum));
  }
  const IcmpHeader header{true, 1, 4, 0};
  const std::uint16_t sum =
      transport_checksum(from, to, ip_protocol::kIcmpv6, icmp_bytes(header, quoted.bytes(), 0));
  return build_ip_frame(from, to, ip_protocol::kIcmpv6, icmp_bytes(header, quoted.bytes(), sum));
}

void append_frame(PacketStore& store, Duration time, ByteView frame) {
  store.append(RawPacket{kTestStart + time, static_cast<std::uint32_t>(frame.size()),
                         LinkType::ethernet, frame});
}

void append(PacketStore& store, const TestSegment& segment) {
  const Bytes frame = build_frame(segment);
  store.append(RawPacket{kTestStart + segment.time, static_cast<std::uint32_t>(frame.size()),
                         LinkType::ethernet, frame, true, segment.fate});
}

void append(PacketStore& store, const TestDatagram& datagram) {
  const Bytes frame = build_frame(datagram);
  store.append(RawPacket{kTestStart + datagram.time, static_cast<std::uint32_t>(frame.size()),
                         LinkType::ethernet, frame, true, datagram.fate});
}

void append_port_unreachable(PacketStore& store, const TestDatagram& datagram) {
  append_frame(store, datagram.time, build_port_unreachable(datagram));
}

Packet decode_frame(const Bytes& frame, LinkType link) {
  return decode_packet(RawPacket{{}, static_cast<std::uint32_t>(frame.size()), link, frame});
}

Endpoint endpoint(std::string_view text) {
  const std::optional<Endpoint> parsed = parse_endpoint(text);
  assert(parsed);
  return *parsed;
}

Bytes syn_options(std::uint16_t mss, std::uint8_t window_scale) {
  ByteWriter writer;
  write_mss_option(writer, mss);
  write_sack_permitted_option(writer);
  write_window_scale_option(writer, window_scale);
  return writer.take();
}

TestConversation::TestConversation(PacketStore& store, Endpoint client, Endpoint server)
    : store_(store), client_{client, 1000, false}, server_{server, 5000, false} {}

void TestConversation::set_initial_sequences(std::uint32_t client, std::uint32_t server) {
  assert(!client_.has_sent);
  assert(!server_.has_sent);
  client_.next = client;
  server_.next = server;
}

TestSegment TestConversation::next_of(const End& from, const End& to, Duration time) {
  TestSegment segment;
  segment.time = time;
  segment.from = from.endpoint;
  segment.to = to.endpoint;
  segment.sequence = from.next;
  if (to.has_sent) {
    segment.flags = tcp_flag::kAck;
    segment.acknowledgement = to.next;
  }
  return segment;
}

TestSegment TestConversation::next_of_client() const {
  return next_of(client_, server_, time_);
}
TestSegment TestConversation::next_of_server() const {
  return next_of(server_, client_, time_);
}

void TestConversation::send(End& from, const End& to, std::string_view payload,
                            std::uint16_t flags) {
  TestSegment segment = next_of(from, to, time_);
  segment.flags = static_cast<std::uint16_t>(segment.flags | flags);
  if (!payload.empty()) segment.flags |= tcp_flag::kPsh;
  if ((flags & tcp_flag::kSyn) != 0) segment.options = syn_options();
  segment.payload = payload;
  append(store_, segment);
  // RFC 9293 §3.4: SYN and FIN take a sequence number each.
  if ((flags & tcp_flag::kSyn) != 0) ++from.next;
  if ((flags & tcp_flag::kFin) != 0) ++from.next;
  from.next += static_cast<std::uint32_t>(payload.size());
  from.has_sent = true;
  time_ += std::chrono::milliseconds(1);
}

void TestConversation::client(std::string_view payload, std::uint16_t flags) {
  send(client_, server_, payload, flags);
}

void TestConversation::server(std::string_view payload, std::uint16_t flags) {
  send(server_, client_, payload, flags);
}

void TestConversation::handshake() {
  client("", tcp_flag::kSyn);
  server("", tcp_flag::kSyn);
  client_ack();
}

void TestConversation::close() {
  client("", tcp_flag::kFin);
  server_ack();
  server("", tcp_flag::kFin);
  client_ack();
}

void TestConversation::skip_client(std::string_view payload) {
  client_.next += static_cast<std::uint32_t>(payload.size());
  client_.has_sent = true;
}

void TestConversation::skip_server(std::string_view payload) {
  server_.next += static_cast<std::uint32_t>(payload.size());
  server_.has_sent = true;
}

}  // namespace wireproof
