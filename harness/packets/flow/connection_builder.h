#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "packets/flow/connection_tracker.h"
#include "packets/flow/stream_bytes.h"
#include "packets/flow/tcp_connection.h"
#include "packets/wire/packet.h"

namespace wireproof {

// Grows one TcpConnection packet by packet, in the order of the capture.
class ConnectionBuilder {
 public:
  ConnectionBuilder(const Endpoint& client, const Endpoint& server);

  ConnectionTracker::Opening opening(Side from, const TcpHeader& header) const {
    return tracker_.opening(way(from), header);
  }
  // Whether a segment behind an undecided SYN tells that the SYN has opened another connection.
  bool confirms_opening(Side opener, const TcpHeader& syn, Side from,
                        const TcpHeader& segment) const {
    return tracker_.confirms_opening(way(opener), syn, way(from), segment);
  }
  void add(std::size_t index, Side from, const Packet& packet);
  // Ends the building: finds the holes and hands the connection over. All connections of a capture
  // share the budget.
  TcpConnection take(ZeroBudget& zeros);

 private:
  static Way way(Side side) { return side == Side::client ? Way::forward : Way::backward; }
  StreamBytes& stream(Side side) { return streams_[side == Side::client ? 0 : 1]; }
  const StreamBytes& stream(Side side) const { return streams_[side == Side::client ? 0 : 1]; }
  void add_event(const NewPart& part);
  void add_bytes(PositionRange part);
  void note_conflict();
  void take_reset_back(Side from);
  void count_from_first_byte();

  // Until take() the positions of its events are numbers (ConnectionNumbers).
  TcpConnection connection_;
  ConnectionTracker tracker_;
  std::array<StreamBytes, 2> streams_;
  std::vector<NewPart> parts_;  // of the packet that was added last
};

}  // namespace wireproof
