#pragma once

#include <vector>

#include "machine/host/network.h"
#include "play/run_options.h"
#include "result/verdict.h"

namespace wireproof {

// The network of this machine's stages, tried at the first call and kept. Must be called before the
// process has a second thread. Throws as find_run_limits() does.
const ProbedNetwork& offered_network();

// What this machine cannot give to a run with these options, each of it tried. Must be called
// before the process has a second thread. Throws SystemError only where there can be no child
// process.
std::vector<RunLimit> find_run_limits(const RunOptions& options);

}  // namespace wireproof
