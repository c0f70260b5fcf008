#pragma once

#include <vector>

#include "scenario/markdown.h"
#include "scenario/problems.h"
#include "scenario/scenario.h"

namespace wireproof {

// Whether the table has Measure and Expected.
bool is_measure_table(const Table& table);

// Reads a table under `Measures`: `reply time < 100ms`, `packets 12..16`, `server threads +0`.
std::vector<Measure> parse_measures(const Table& table, const Parameters& parameters,
                                    Problems& problems);

}  // namespace wireproof
