#pragma once

#include <cstdint>

#include "base/unique_fd.h"
#include "host/private_network.h"
#include "scenario/scenario.h"
#include "session/runner.h"

namespace wireproof {

// One play. What it points to outlives the stage.
struct StageTask {
  const Play* play = nullptr;
  const ServerTable* servers = nullptr;
  const RunOptions* options = nullptr;

  std::optional<Duration> timeout() const {
    return play->timeout ? play->timeout : options->timeout;
  }
};

// What a stage process does: enters its network, opens the capture and the server, says ready,
// waits for go, plays, judges, sends the result, and only then closes what it opened. Returns when
// nothing that it started is left. The process must have one thread.
void run_stage(const StageTask& task, const UniqueFd& link);

}  // namespace wireproof
