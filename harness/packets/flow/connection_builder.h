#pragma once

#include <array>
#include <cstdint>

#include "packets/flow/connection_numbers.h"
#include "packets/flow/reassembler.h"
#include "packets/flow/tcp_connection.h"
#include "packets/wire/packet.h"

namespace wireproof {

// What one side has shown of itself so far, as far as classifying its next segment needs it.
struct SideHistory {
  std::int64_t next = 0;           // the first number it has not sent
  std::int64_t ack = 0;            // the highest it acknowledged
  std::uint32_t window_bytes = 0;  // of its last segment with ACK
  bool has_sent = false;
  bool has_ack = false;  // it has sent a segment with ACK
  bool has_rst = false;
  bool keep_alive_open = false;  // it sent a keep-alive that was not answered yet
};

// RFC 9293 §3.8.4: SEG.SEQ = SND.NXT-1, with no data or one garbage octet. One octet that the
// other side has not acknowledged yet is sent again because it may be lost: a retransmission.
// `size` is the number of positions that the segment takes (payload, SYN, FIN).
bool is_keep_alive(const Segment& segment, std::uint64_t size, const SideHistory& own,
                   const SideHistory& other);

// Classifies a segment that contributes no new position. `own` and `other` are the state before
// the segment.
Repeat classify_repeat(const Segment& segment, std::uint64_t size, const SideHistory& own,
                       const SideHistory& other);

// Grows one TcpConnection packet by packet, in the order of the capture.
class ConnectionBuilder {
 public:
  ConnectionBuilder(const Endpoint& client, const Endpoint& server);

  const Endpoint& client() const { return connection_.client; }

  ConnectionNumbers::Opening opening(Side from, const TcpHeader& header) const {
    return numbers_.opening(way(from), header);
  }
  // Whether a segment behind an undecided SYN tells that the SYN has opened another connection.
  bool confirms_opening(Side opener, const TcpHeader& syn, Side from,
                        const TcpHeader& segment) const;
  void add(std::size_t index, Side from, const Packet& packet);
  // Ends the building: finds the holes and hands the connection over. All connections of a capture
  // share the budget.
  TcpConnection take(ZeroBudget& zeros);

 private:
  struct SideState {
    Reassembler reassembler;
    SideHistory history;
    bool has_syn = false;
  };

  static Way way(Side side) { return side == Side::client ? Way::forward : Way::backward; }
  SideState& state(Side side) { return sides_[side == Side::client ? 0 : 1]; }
  const SideState& state(Side side) const { return sides_[side == Side::client ? 0 : 1]; }
  Segment make_segment(std::size_t index, Side from, const Packet& packet);
  Repeat refusal(const Segment& segment, const TcpHeader& header) const;
  bool add_events(const Segment& segment);
  bool add_bytes(const Segment& segment, std::int64_t begin);
  bool add_reset(const Segment& segment, bool was_closed);
  void add_event(EventKind kind, PositionRange range, const Segment& segment);
  void note_sent(const Segment& segment, std::uint64_t size);
  void count_from_first_byte();

  // Until take() the positions of its events are numbers (ConnectionNumbers).
  TcpConnection connection_;
  ConnectionNumbers numbers_;
  std::array<SideState, 2> sides_;
};

}  // namespace wireproof
