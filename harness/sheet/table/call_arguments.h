#pragma once

#include "expect/calls/call_row.h"
#include "sheet/text/fragment.h"

namespace wireproof {

// Reads a cell of arguments or of a result into the row: `backlog=5`, `port=server`,
// `SO_REUSEADDR`, `SHUT_WR`, `returns=1..28`, `error=ECONNRESET`, `pending`, with blanks or commas
// between them. What is none of that, or not the call's, is reported.
void read_call_arguments(const Fragment& cell, CallRow& row, Problems& problems);

}  // namespace wireproof
