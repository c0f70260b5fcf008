#pragma once

#include <cstdint>

#include "base/system/unique_fd.h"
#include "machine/host/private_network.h"
#include "play/run_options.h"
#include "sheet/scenario.h"

namespace wireproof {

// What is the same for all plays of a run. It outlives the stages.
struct StageSetting {
  const ServerTable& servers;
  const RunOptions& options;

  std::optional<Duration> timeout(const Play& play) const {
    return play.timeout ? play.timeout : options.timeout;
  }
};

// What a stage process does with each play that it is sent: enters a network, opens the capture and
// the server, says ready, waits for go, plays, judges, sends the result, only then closes what it
// opened, and says idle once nothing that it started is left. Returns when the link is closed, and
// behind a play that could not be prepared. The process must have one thread.
void run_stage(const StageSetting& setting, const UniqueFd& link);

}  // namespace wireproof
