#pragma once

#include <optional>
#include <string_view>

#include "expect/match/row.h"
#include "sheet/text/fragment.h"

namespace wireproof {

// What single cells of tables say.

// Reads a cell of the column `Info` (Wireshark's notation) into a row: kind, flags, and Seq, Ack,
// Win, Len, MSS where written. False when it is not understood (reported).
bool parse_packet_info(const Fragment& cell, Row& row, Problems& problems);

// Reads a cell of the column `Level`; a wrong one is reported and read as must.
Level parse_level(const Fragment& cell, Level unless_said, Problems& problems);

// How many bytes a row has: a number, `a..b`, or a sum of these, each as often as the number before
// its `*` says: `28`, `19..20`, `6 + 13..14`, `3 * 6 + 2500`. Nothing when it is none of this, or
// does not fit 64 bits.
std::optional<Range> parse_length_sum(std::string_view text);

}  // namespace wireproof
