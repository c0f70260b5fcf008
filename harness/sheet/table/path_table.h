#pragma once

#include <optional>
#include <vector>

#include "expect/path/path_plan.h"
#include "sheet/table/tables.h"

namespace wireproof {

struct PlacedPathRule {
  PathRule rule;
  Span span;  // its row

  bool operator==(const PlacedPathRule&) const = default;
};

constexpr Duration kMaxPathDelay = std::chrono::minutes(1);  // also of `network: {delay: …}`

// Whether the table has Packets and Do.
bool is_path_table(const Table& table);

// Reads a table under `Path`. Wrong rows are reported and left out.
std::vector<PlacedPathRule> parse_path_table(const Table& table, const PacketTableContext& context,
                                             Problems& problems);

// Says which column a table under `Path` lacks.
void report_missing_path_columns(const Table& table, Problems& problems);

// Single cells; nothing when one is not understood (reported).

// `Do`: what is done with a packet.
std::optional<PathAction> parse_path_action(const Fragment& cell, Problems& problems);
// `Which`: `1..2, 5` or `every 4`; ranges come out in their order.
std::optional<PathChoice> parse_path_choice(const Fragment& cell, Problems& problems);

}  // namespace wireproof
