#pragma once

#include "expect/match/row.h"
#include "sheet/text/fragment.h"
#include "sheet/text/problems.h"

namespace wireproof {

// Reads a cell of the column `Info` (Wireshark's notation) into a row: kind, flags, and Seq, Ack,
// Win, Len, MSS where written. False when it is not understood (reported).
bool parse_packet_info(const Fragment& cell, Row& row, Problems& problems);

// "[PSH, ACK] Seq=1 Ack=1 Len=5", "UDP Len=5", "ICMP port unreachable", "…": as a cell has it.
std::string render_packet_info(const Row& row);

}  // namespace wireproof
