#pragma once

#include <vector>

#include "result/run_result.h"

namespace wireproof {

// One scenario's repetitions as one entry: the worst of them, FLAKY when their verdicts differ,
// with the count of each packet history. `repetitions` is not empty.
ScenarioSummary summarize(const std::vector<ScenarioResult>& repetitions);

}  // namespace wireproof
