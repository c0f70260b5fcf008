#pragma once

#include <string>
#include <vector>

#include "result/selftest_result.h"

namespace wireproof {

// The matrix of faults and variants, server by server, each with the sheets that told.
std::string render_selftest(const std::vector<TrialOutcome>& outcomes);

// What is wrong with the suite, one paragraph for each trial that is not good, with the command
// that shows it again; then the counts. `scenario_files` are the paths of sheets by id.
std::string render_survivors(const std::vector<TrialOutcome>& outcomes,
                             const std::map<std::string, std::string>& scenario_files);
std::string render_selftest_counts(const std::vector<TrialOutcome>& outcomes, Duration lasted);

}  // namespace wireproof
