#pragma once

#include <string>
#include <vector>

#include "cli/options/command_line.h"
#include "cli/options/selection.h"
#include "result/run_result.h"

namespace wireproof {

// Runs that ended before they were played: reports are written of them all the same.

// Some sheets have errors, so nothing was run: those are ERROR with their messages, the others
// SKIP.
RunResult sheets_wrong(const std::vector<Sheet>& sheets);

// The run ended early for `reason`: ERROR for every sheet that has no result among `results`.
RunResult cut_short(const std::vector<Sheet>& sheets, const std::vector<ScenarioResult>& results,
                    const std::string& reason);

// One result of a sheet as a whole run.
RunResult single_result(const ScenarioResult& result);

// What the run itself cannot know.
void sign_run(RunResult& run, const CommandLine& line);

}  // namespace wireproof
