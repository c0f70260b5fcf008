#pragma once

#include <string>
#include <vector>

#include "expect/calls/call_row.h"
#include "sheet/table/tables.h"
#include "sheet/text/fragment.h"
#include "sheet/text/markdown.h"

namespace wireproof {

struct PlacedCallRow {
  CallRow row;
  RowPlace place;

  bool operator==(const PlacedCallRow&) const = default;
};

struct CallTable {
  std::string actor;  // "server", or whose calls these are
  std::vector<PlacedCallRow> rows;
  Span span;

  bool operator==(const CallTable&) const = default;
};

// Whether the table has Call and Socket, and is none of packets.
bool is_call_table(const Table& table);

// Reads a table under `Calls` or `Calls: NAME`. Wrong rows are reported and left out; names of
// actors are checked by check_scenario.
CallTable parse_call_table(const Table& table, const std::string& name,
                           const Parameters& parameters, Problems& problems);

// The sockets that a table knows without the session: listener, connection, udp.
const std::vector<std::string>& call_sockets();

}  // namespace wireproof
