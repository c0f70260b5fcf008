#pragma once

#include <string>
#include <vector>

#include "result/run_result.h"

namespace wireproof {

// The parts of a run (--shard) as one.
struct MergedRun {
  RunResult run;                     // its sheets by id; interrupted where a part is not whole
  std::vector<std::string> missing;  // "3/16": parts of which there is none, or one cut short
};

// Of two results of one part that which is whole counts, of these the later. `runs` is not empty.
// Throws std::invalid_argument with a reason where they are not parts of one run: another version
// or count of parts, what decides, or a sheet twice.
MergedRun merge_runs(std::vector<RunResult> runs);

}  // namespace wireproof
