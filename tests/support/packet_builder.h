#pragma once

#include <cstdint>
#include <string_view>

#include "base/text/address.h"
#include "base/text/bytes.h"
#include "base/text/time.h"
#include "packets/wire/packet.h"

namespace wireproof {

// Builds captured packets for tests: Ethernet with IPv4 or IPv6 by the addresses' version, sound
// lengths and checksums. Times count from 2023-11-14T22:13:20Z.
constexpr Timestamp kTestStart{std::chrono::seconds(1'700'000'000)};

// One TCP segment with absolute sequence numbers.
struct TestSegment {
  Duration time{};  // since kTestStart
  Endpoint from;
  Endpoint to;
  std::uint16_t flags = 0;  // tcp_flag
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  std::uint16_t window = 64240;
  Bytes options;  // a multiple of 4 bytes
  std::string_view payload;
  PacketFate fate = PacketFate::arrived;
};

struct TestDatagram {
  Duration time{};
  Endpoint from;
  Endpoint to;
  std::string_view payload;
  PacketFate fate = PacketFate::arrived;
};

// The frame's bytes.
Bytes build_frame(const TestSegment& segment);
Bytes build_frame(const TestDatagram& datagram);
// "ICMP port unreachable" that the datagram's receiver sends, quoting it.
Bytes build_port_unreachable(const TestDatagram& datagram);
// An Ethernet frame around any IP payload.
Bytes build_ip_frame(const IpAddress& from, const IpAddress& to, std::uint8_t protocol,
                     ByteView payload);

void append(PacketStore& store, const TestSegment& segment);
void append(PacketStore& store, const TestDatagram& datagram);
void append_port_unreachable(PacketStore& store, const TestDatagram& datagram);
// A frame of any bytes.
void append_frame(PacketStore& store, Duration time, ByteView frame);

// The packet of a whole frame, whose bytes it views.
Packet decode_frame(const Bytes& frame, LinkType link = LinkType::ethernet);

// Asserts that the text is an endpoint: "10.0.0.1:80", "[::1]:80".
Endpoint endpoint(std::string_view text);

// The options of a usual SYN: MSS 1460, SACK permitted, window scale 7.
Bytes syn_options(std::uint16_t mss = 1460, std::uint8_t window_scale = 7);

// Plays a TCP conversation into a store: sequence numbers, acknowledgements and times (1 ms
// between packets) come by themselves. Every call appends one packet; `ack…` moves nothing.
//   TestConversation tcp(store, endpoint("10.0.0.1:5000"), endpoint("10.0.0.2:80"));
//   tcp.handshake(); tcp.client("ping"); tcp.server("pong"); tcp.close();
class TestConversation {
 public:
  TestConversation(PacketStore& store, Endpoint client, Endpoint server);

  // SYN, SYN ACK, ACK.
  void handshake();
  // A segment of one end with its next sequence number, acknowledging all that the other sent.
  // ACK is added to the flags except in a lone SYN; PSH where there is a payload.
  void client(std::string_view payload, std::uint16_t flags = 0);
  void server(std::string_view payload, std::uint16_t flags = 0);
  void client_ack() { client(""); }
  void server_ack() { server(""); }
  // FIN of the client, ACK, FIN of the server, ACK.
  void close();

  // What one end would send next, to be changed and appended by hand (retransmissions, losses).
  TestSegment next_of_client() const;
  TestSegment next_of_server() const;
  // Counts a segment as sent without appending it: the capture lost it.
  void skip_client(std::string_view payload);
  void skip_server(std::string_view payload);
  void wait(Duration duration) { time_ += duration; }
  // Initial sequence numbers; call them before the first packet.
  void set_initial_sequences(std::uint32_t client, std::uint32_t server);

 private:
  struct End {
    Endpoint endpoint;
    std::uint32_t next = 0;  // sequence number of the next byte
    bool has_sent = false;
  };

  static TestSegment next_of(const End& from, const End& to, Duration time);
  void send(End& from, const End& to, std::string_view payload, std::uint16_t flags);

  PacketStore& store_;
  End client_;
  End server_;
  Duration time_{};
};

}  // namespace wireproof
