#pragma once

#include <string>
#include <vector>

#include "base/text/diagnostic.h"
#include "expect/cause/cause.h"
#include "expect/match/match.h"
#include "judge/explain/explain.h"

namespace wireproof {

// What failed rows, packets without one and calls of another name are said with (product.md,
// Messages).

// "[PSH, ACK] Seq=1 Ack=1 Len=4", "UDP Len=5": as a table writes it.
std::string render_segment_info(const Segment& segment);
std::string render_datagram_info(const Datagram& datagram);
// A row in the same form, with what it leaves open left out: "[ACK] Len=4..8".
std::string render_row_info(const Row& row);

// What an actor's rows were matched against.
struct MatchedTraffic {
  std::string actor;                          // at the client's end
  const TcpConnection* connection = nullptr;  // not owned
  const UdpExchange* datagrams = nullptr;     // not owned; its segments stand for these
  Timestamp start{};                          // of the capture, for the times in messages
  std::string server = "server";              // who is at the server's end
};

// Diagnostics are without a span: the caller knows the place.
struct RowFailure {
  std::string column;  // of the cell; empty: the row as a whole
  Diagnostic diagnostic;
  Level level = Level::must;
};

// A row that is missing, out of order or differs in written values.
RowFailure describe_failed_row(const Row& row, const RowResult& result,
                               const MatchedTraffic& traffic, const SessionFacts& facts);
// A packet that no row has.
Diagnostic describe_unexpected_packet(const PacketResult& packet, const MatchedTraffic& traffic,
                                      const SessionFacts& facts);
// Cause and Blocked cells that name another call than the one that was joined to the packet.
// Compares the names of calls alone; what was inferred from packets is judged as should (calls.md).
// An empty cell and `*` take any call.
std::vector<RowFailure> judge_cause_cells(const Row& row, const Cause& cause);

}  // namespace wireproof
