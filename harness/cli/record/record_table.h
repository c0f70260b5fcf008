#pragma once

#include <string>
#include <vector>

#include "result/run_result.h"
#include "sheet/scenario.h"

namespace wireproof {

// The sheet's text with its packet tables as the run's packets demand. Rows that matched stay as
// they are written, with all that they leave open; rows that failed go, and packets that no row
// has get one. A sheet without a packet table gets one at its end. Repeats on the wire
// (retransmissions, window updates, …) are never written: they come and go.
std::vector<std::string> recorded_columns();  // of a new table: From, To, Info, Len, Cause, Blocked
std::string record_packets(const Scenario& scenario, const ScenarioResult& result,
                           const std::vector<std::string>& columns = recorded_columns());

// Whether what a run left behind is what the sheet wants but for its packet tables.
bool is_recordable(const ScenarioResult& result);

// What changes between two texts, in the unified form of diff(1) with three lines of context;
// empty when they are the same. For texts that share most of their lines.
std::string render_line_diff(const std::string& name, const std::string& before,
                             const std::string& after);

}  // namespace wireproof
