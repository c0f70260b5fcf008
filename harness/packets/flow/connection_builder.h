#pragma once

#include <optional>

#include "packets/flow/reassembler.h"
#include "packets/flow/repeat.h"
#include "packets/flow/sequence.h"
#include "packets/flow/tcp_connection.h"
#include "packets/wire/packet.h"

namespace wireproof {

// Grows one TcpConnection packet by packet, in the order of the capture.
class ConnectionBuilder {
 public:
  ConnectionBuilder(const Endpoint& client, const Endpoint& server);

  const Endpoint& client() const { return connection_.client; }

  // Whether a SYN without ACK cannot belong to this connection: it has another initial sequence
  // number than the one that opened it (RFC 9293 §3.5), or this one has none.
  bool is_new_opening(Side from, const TcpHeader& header) const;
  void add(std::size_t index, Side from, const Packet& packet);
  // Ends the building: finds the holes and hands the connection over.
  TcpConnection take();

 private:
  struct Direction {
    SequenceSpace space;
    Reassembler reassembler;
    SideHistory history;
    std::optional<std::uint8_t> window_scale;
    std::optional<std::uint64_t> fin;  // its position
    bool has_syn = false;
  };

  Direction& direction(Side side) { return directions_[side == Side::client ? 0 : 1]; }
  const Direction& direction(Side side) const { return directions_[side == Side::client ? 0 : 1]; }
  void start_spaces(Side from, const Packet& packet);
  Segment make_segment(std::size_t index, Side from, const Packet& packet);
  bool add_events(const Segment& segment);
  bool add_reset(const Segment& segment);
  void add_event(EventKind kind, PositionRange range, const Segment& segment);
  void note_sent(const Segment& segment, std::uint64_t size);
  void note_ended();

  TcpConnection connection_;
  Direction directions_[2];
  bool both_closed_ = false;  // each side acknowledged the other's FIN
};

}  // namespace wireproof
