#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/text/address.h"
#include "packets/wire/packet.h"

namespace wireproof {

// The two ends of a conversation. In TCP the client sent the first SYN without ACK; in a capture
// that has none, the end that is not the server's known port.
enum class Side : std::uint8_t { client, server };

constexpr Side other_side(Side side) {
  return side == Side::client ? Side::server : Side::client;
}

// What a segment that contributes nothing new is. `none`: it contributes.
enum class Repeat : std::uint8_t {
  none,
  pure_ack,        // acknowledges something new
  duplicate_ack,   // RFC 5681 §2
  window_update,   // same ack, another window
  zero_window,     // announces a window of 0
  keep_alive,      // RFC 9293 §3.8.4: one position below the next, at most one byte
  keep_alive_ack,  // the answer to it
  retransmission,  // all its positions were sent before, by an earlier packet
  out_of_order,    // fills a hole that later positions left: it contributes, but late
  zero_window_probe,
  reset_after_end,  // both FINs were acknowledged: RST has nothing left to end
};
constexpr Repeat kLastRepeat = Repeat::reset_after_end;

// A packet's part in its connection. Positions are relative (matching.md §1): SYN at 0, stream
// byte k at k + 1, FIN after the last byte; 64 bits, so they never wrap (RFC 9293 §3.4).
struct Segment {
  std::size_t packet = 0;  // index into the capture, from 0
  Side from = Side::client;
  Timestamp time{};
  std::uint16_t flags = 0;  // tcp_flag
  std::uint64_t seq = 0;    // relative position of the first byte, or of SYN/FIN
  std::uint64_t ack = 0;    // relative position acknowledged; 0 without ACK
  std::uint32_t payload_size = 0;
  ByteView payload;                // captured part; lives as long as the capture
  std::uint32_t window_bytes = 0;  // scaled when both SYNs were seen with the option
  std::optional<std::uint16_t> mss;
  Repeat repeat = Repeat::none;

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
  Bytes client_stream;  // bytes sent by the client, from stream byte 0; zeros in holes
  Bytes server_stream;
  bool has_syn = false;    // the capture shows the client's SYN
  bool truncated = false;  // snaplen cut payload bytes
  bool ended = false;      // both FINs acknowledged, or RST

  const Bytes& stream(Side from) const {
    return from == Side::client ? client_stream : server_stream;
  }
};

struct Datagram {
  std::size_t packet = 0;
  Side from = Side::client;
  Timestamp time{};
  bool port_unreachable = false;  // ICMP type 3 code 3 / ICMPv6 type 1 code 4 about this exchange
  std::uint32_t payload_size = 0;
  ByteView payload;
  bool truncated = false;
};

// The datagrams between one client endpoint and the server's port, and ICMP errors about them.
struct UdpExchange {
  Endpoint client;
  Endpoint server;
  std::vector<Datagram> datagrams;  // in capture order
};

struct Conversations {
  std::vector<TcpConnection> tcp;  // in the order of their first packets
  std::vector<UdpExchange> udp;
  std::vector<std::size_t> others;  // packets of neither: indexes into the capture
};

// Sorts a capture's packets into conversations with `server_port` (TCP and UDP). A SYN with a new
// initial sequence number on a used 4-tuple opens a new connection. Packets on other ports are
// `others`, and so is a datagram from the server's address and another port (a wrong-port reply
// keeps its place there). With port 0, every port: the first sender is the client.
Conversations build_conversations(std::span<const Packet> packets, std::uint16_t tcp_port,
                                  std::uint16_t udp_port);

// matching.md §7: S/h open, A/a pure ACK, D/d data, F/f, R/r, T/t retransmission, K/k keep-alive,
// W/w zero window, client upper case; runs as `D3`.
std::string render_history(const TcpConnection& connection);

// "pure ACK", "duplicate ACK", …
std::string render_repeat(Repeat repeat);

}  // namespace wireproof
