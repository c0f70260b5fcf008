#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "expect/match/row.h"
#include "sheet/session/message_names.h"
#include "sheet/session/session_plan.h"
#include "sheet/text/fragment.h"
#include "sheet/text/markdown.h"

namespace wireproof {

// Where a row of a table stands in the sheet, for messages.
struct RowPlace {
  Span row;                           // the whole line
  std::map<std::string, Span> cells;  // by canonical column name: "From", "Info", "Len", …

  bool operator==(const RowPlace&) const = default;
};

struct PlacedRow {
  Row row;
  RowPlace place;

  bool operator==(const PlacedRow&) const = default;
};

struct PacketTable {
  std::string name;  // of `Packets: NAME`; empty: the only client, or all by actor names
  std::vector<PlacedRow> rows;
  Span span;

  bool operator==(const PacketTable&) const = default;
};

// Whether a row says by which call its packet comes, or where its receiver waits.
bool names_calls(const PacketTable& table);

// What the cells of a packet table may refer to.
struct PacketTableContext {
  MessageNames names;
  const Parameters& parameters;
  const SessionScript* session = nullptr;  // none: a sheet for `check` alone
  std::optional<std::uint16_t> server_port;
  bool has_server = true;                // none: actors of the session play its part alone
  std::optional<Transport> transport{};  // the sheet's
};

// Whether the table has From, To and Info under any of their names.
bool is_packet_table(const Table& table);

// Reads a table under `Packets` or `Packets: NAME`. Wrong rows are reported and left out.
PacketTable parse_packet_table(const Table& table, const std::string& name,
                               const PacketTableContext& context, Problems& problems);

// Says which column a packet table lacks, and what heading may have been meant.
void report_missing_columns(const Table& table, Problems& problems);

struct SocketRow {
  std::string local;  // actor, "server", "*"
  std::string remote;
  std::string state;
  std::uint64_t count = 1;
  Span span;

  bool operator==(const SocketRow&) const = default;
};

struct SocketTable {
  std::string name;
  std::vector<SocketRow> rows;
  Span span;

  bool operator==(const SocketTable&) const = default;
};

// Whether the table has Local, Remote and State.
bool is_socket_table(const Table& table);

// Reads a table under `Sockets: NAME`. Names of actors are checked by check_scenario.
SocketTable parse_socket_table(const Table& table, const std::string& name,
                               const Parameters& parameters, Problems& problems);

}  // namespace wireproof
