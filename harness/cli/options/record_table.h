#pragma once

#include <string>

#include "result/run_result.h"
#include "sheet/scenario.h"

namespace wireproof {

// The sheet's text with its packet tables as the run's packets demand. Rows that matched stay as
// they are written, with all that they leave open; rows that failed go, and packets that no row
// has get one. A sheet without a packet table gets one at its end. Repeats on the wire
// (retransmissions, window updates, …) are never written: they come and go.
std::string record_packets(const Scenario& scenario, const ScenarioResult& result);

}  // namespace wireproof
