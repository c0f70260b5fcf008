#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/text/address.h"
#include "packets/flow/repeat.h"
#include "packets/wire/packet.h"
#include "packets/wire/summary.h"

namespace wireproof {

// The two ends of a conversation. In TCP the client sent the first SYN without ACK; in a capture
// that has none, the end that is not the server's known port.
enum class Side : std::uint8_t { client, server };

constexpr Side other_side(Side side) {
  return side == Side::client ? Side::server : Side::client;
}

// A packet's part in its connection. Positions (matching.md §1): SYN at 0, stream byte k at k + 1,
// FIN after the last byte; 64 bits, so they never wrap (RFC 9293 §3.4). They are the numbers that
// every table shows (ConnectionNumbers) but where a capture that shows no SYN has bytes of before
// number 1: those bytes come first in the stream, and TcpConnection::number() tells their numbers.
struct Segment {
  std::size_t packet = 0;  // index into the capture, from 0
  Side from = Side::client;
  Timestamp time{};
  std::uint16_t flags = 0;  // tcp_flag
  std::uint64_t seq = 0;    // relative position of the first byte, or of SYN/FIN
  std::uint64_t ack = 0;    // relative position acknowledged; 0 without ACK
  RelativeNumbers numbers;  // what tables show; the window is scaled as far as that is known
  std::uint32_t payload_size = 0;
  ByteView payload;  // captured part; lives as long as the capture and its Conversations
  std::optional<std::uint16_t> mss;
  Repeat repeat = Repeat::none;
  PacketFate fate = PacketFate::arrived;

  bool has(std::uint16_t flag) const { return (flags & flag) != 0; }
};

enum class EventKind : std::uint8_t { open, bytes, fin, rst };

// matching.md §1: what a segment contributed for the first time. Per side the events are totally
// ordered by `begin`; `rst` has the position at which it stands and ends both directions.
struct Event {
  EventKind kind = EventKind::open;
  Side from = Side::client;
  std::uint64_t begin = 0;  // positions [begin, end)
  std::uint64_t end = 0;
  std::size_t segment = 0;  // index into `segments` of the segment that carried it first
  std::uint64_t ack = 0;    // what that segment acknowledged

  bool operator==(const Event&) const = default;
};

// A run of positions that the other side acknowledged and the capture never showed.
struct Hole {
  Side from = Side::client;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  bool operator==(const Hole&) const = default;
};

struct TcpConnection {
  Endpoint client;
  Endpoint server;
  std::vector<Segment> segments;  // every packet of the connection, in capture order
  std::vector<Event> events;      // in the order of capture
  std::vector<Hole> holes;
  // Bytes sent by the client, from stream byte 0; zeros where none were captured. Those of a
  // capture that lacks too many (kMaxZeroBytes) end before their events do.
  Bytes client_stream;
  Bytes server_stream;
  // How many bytes of each side have numbers below 1.
  std::int64_t client_early_bytes = 0;
  std::int64_t server_early_bytes = 0;
  bool has_syn = false;    // the capture shows the client's SYN
  bool truncated = false;  // snaplen cut payload bytes, or options
  bool ended = false;      // both FINs acknowledged, or RST

  const Bytes& stream(Side from) const {
    return from == Side::client ? client_stream : server_stream;
  }
  // The number that is shown for a position of a side.
  std::int64_t number(Side side, std::uint64_t position) const {
    const std::int64_t early = side == Side::client ? client_early_bytes : server_early_bytes;
    return static_cast<std::int64_t>(position) - early;
  }
};

// Whether the capture shows it; without `from`, of either side.
bool has_event(const TcpConnection& connection, EventKind kind,
               std::optional<Side> from = std::nullopt);
// Whether the server has answered with more than a RST; its SYN may not have been captured.
bool was_answered(const TcpConnection& connection);

struct Datagram {
  std::size_t packet = 0;
  Side from = Side::client;
  Timestamp time{};
  bool port_unreachable = false;  // ICMP type 3 code 3 / ICMPv6 type 1 code 4 about this exchange
  std::uint32_t payload_size = 0;
  ByteView payload;
  bool truncated = false;
  std::uint16_t server_port = 0;  // the exchange's, or that of an answer from another port
  PacketFate fate = PacketFate::arrived;
};

// The datagrams between one client endpoint and the server's port, and ICMP errors about them.
struct UdpExchange {
  Endpoint client;
  Endpoint server;
  std::vector<Datagram> datagrams;  // in capture order
};

// A captured fragment of a packet that was put together.
struct FragmentPart {
  std::size_t packet = 0;
  std::size_t whole = 0;  // the packet in whose place the whole one stands: its last fragment
  bool operator==(const FragmentPart&) const = default;
};

// A packet that was captured before: on another interface, in the other direction or with another
// tag, as `-i any` and mirror ports give it.
struct CapturedCopy {
  std::size_t packet = 0;
  std::size_t first = 0;  // the packet that it is a copy of
  bool operator==(const CapturedCopy&) const = default;
};

// A packet with a wrong checksum (has_wrong_checksum) beside another one that carries the same with
// a right one: its receiver dropped it. Where there is no such other one a wrong checksum says
// nothing, as cards compute them behind the capture.
struct DamagedCopy {
  std::size_t packet = 0;
  std::size_t good = 0;

  bool operator==(const DamagedCopy&) const = default;
};

struct Conversations {
  std::vector<TcpConnection> tcp;  // in the order of their first packets
  std::vector<UdpExchange> udp;
  std::vector<std::size_t> others;      // packets of neither: indexes into the capture
  std::vector<FragmentPart> fragments;  // those that are no whole's last one
  std::vector<CapturedCopy> copies;     // which are in no conversation
  std::vector<DamagedCopy> damaged;     // the same
  std::size_t broken_packets = 0;       // of which fragments are missing, as far as known of these
  std::size_t cut_packets = 0;          // whose headers snaplen cut; the same, among `others`
  std::vector<Bytes> joined;            // what was put together; the payloads above may view it
};

// Sorts a capture's packets into conversations with `server_port` (TCP and UDP). A SYN with a new
// initial sequence number on a used 4-tuple opens a new connection. Packets on other ports are
// `others`, and so is a datagram from the server's address and another port (a wrong-port reply
// keeps its place there). With port 0, every port: the client sent first; where no opening was
// captured the end with a port below 1024 is the server. IP packets that were cut are put together
// first (FragmentJoiner); fragments of what is not whole are `others`.
Conversations build_conversations(std::span<const Packet> packets, std::uint16_t tcp_port,
                                  std::uint16_t udp_port);

// The ports that something serves on, in a capture with several servers. None at all: every port.
struct ServedPorts {
  std::vector<std::uint16_t> tcp;
  std::vector<std::uint16_t> udp;
  bool answers_from_other_ports = false;  // of UDP: those are of the exchange (RFC 1350 §4)
};
Conversations build_conversations(std::span<const Packet> packets, ServedPorts ports);

// matching.md §7: S/h open, A/a pure ACK, D/d data, F/f, R/r, T/t retransmission, K/k keep-alive,
// W/w zero window, client upper case; runs as `D3`. Of datagrams D/d, and R/r port unreachable.
std::string render_history(const TcpConnection& connection);
std::string render_history(const UdpExchange& exchange);

}  // namespace wireproof
