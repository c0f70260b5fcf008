#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenario/markdown.h"
#include "scenario/problems.h"
#include "scenario/scenario.h"

namespace wireproof {

// What the cells of a packet table may refer to.
struct PacketTableContext {
  const LayoutSet& layouts;
  const Parameters& parameters;
  const SessionScript* session = nullptr;  // none: a sheet for `check` alone
  std::optional<std::uint16_t> server_port;
};

// Whether the table has From, To and Info under any of their names.
bool is_packet_table(const Table& table);

// Reads a table under `Packets` or `Packets: NAME`. Wrong rows are reported and left out.
PacketTable parse_packet_table(const Table& table, const std::string& name,
                               const PacketTableContext& context, Problems& problems);

// Says which of the needed columns is missing, and what heading may have been meant.
void report_missing_columns(const Table& table, Problems& problems);

}  // namespace wireproof
