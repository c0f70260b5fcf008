#pragma once

#include <vector>

#include "play/run_options.h"
#include "result/verdict.h"

namespace wireproof {

// What this machine cannot give to a run with these options, each of it tried. Must be called
// before the process has a second thread. Throws SystemError only where there can be no child
// process.
std::vector<RunLimit> find_run_limits(const RunOptions& options);

}  // namespace wireproof
