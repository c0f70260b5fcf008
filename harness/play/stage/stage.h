#pragma once

#include <optional>
#include <span>

#include "base/system/system_call.h"
#include "play/run_options.h"
#include "play/stage/frame.h"

namespace wireproof {

// What is the same for all plays of a run, and the plays. It outlives the stages, whose processes
// are forked with it.
struct StageSetting {
  const ServerTable& servers;
  const RunOptions& options;
  std::span<const Play> plays;

  // Throws std::out_of_range on an order of a play that there is not.
  const Play& play(const PlayOrder& order) const;
  // None: the sheet's.
  std::optional<Duration> timeout(const PlayOrder& order) const;
};

// What a stage process does with each play that it is sent: enters a network, opens the capture and
// the server, says ready, waits for go, plays, judges, sends the result, only then closes what it
// opened, and says idle once nothing that it started is left. Returns when the link is closed, and
// behind a play that could not be prepared. The process must have one thread.
void run_stage(const StageSetting& setting, const UniqueFd& link);

}  // namespace wireproof
