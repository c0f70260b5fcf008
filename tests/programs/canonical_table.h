#pragma once

#include <span>
#include <string>

#include "packets/flow/socket_call.h"
#include "packets/flow/tcp_connection.h"

namespace wireproof {

// The annotated table of a connection, freed of what TCP and the machine's timing leave open, so
// that two runs of the same programs give the same text:
// - rows are the events of matching.md §1 (open, bytes, fin, rst), not packets: neither segment
//   boundaries nor pure ACKs nor retransmissions show;
// - bytes are cut where a call that sent or took them began, then neighbours with the same calls
//   are one row: neither how many segments a call became nor how many calls took them shows;
// - a side's rows keep their order; of two sides' rows the client's comes first unless it
//   acknowledges the server's (matching.md §2);
// - who made a call is `process.thread`, numbered for each side down the table;
// - times, ports and whether a call was waiting already are left out of the remark.
std::string render_canonical_table(const TcpConnection& connection,
                                   std::span<const SocketCall> calls);

}  // namespace wireproof
