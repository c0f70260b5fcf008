#pragma once

#include <string>

#include "result/run_result.h"
#include "sheet/scenario.h"

namespace wireproof {

// The sheet's text with its tables of calls as the run's calls demand: rows that are met stay as
// they are written, those that failed go, and calls that no row has get one. With `add` a sheet
// without such a table gets one of the server's calls at its end. Unchanged where no call is known.
std::string record_calls(const Scenario& scenario, const ScenarioResult& result, bool add);

}  // namespace wireproof
