#pragma once

#include <sys/types.h>

#include <string>

#include "base/text/time.h"
#include "machine/host/stall_watch.h"
#include "play/stage/stage_server.h"

namespace wireproof {

// Watches whether the machine gave the harness and the server the time that a sheet grants them
// (capture.md): a step that ran out of time proves nothing about a server that had no CPU, nor what
// happened while the machine stood still.
class TimeWitness {
 public:
  // From now on. What it is given outlives it.
  TimeWitness(const StageServer& server, StallWatch& stalls);

  // Why what failed with `allowed` for each step is inconclusive; empty: both sides had the time.
  // Each of these may be a tenth of it: what a side waited for a CPU, asked only of what
  // `ran_out` of time; how long the machine stood still or the server was stopped.
  std::string find_missing(Duration allowed, bool ran_out) const;

 private:
  Duration own_waited() const;
  Duration server_waited() const;

  const StageServer& server_;
  pid_t first_process_;
  const StallWatch& stalls_;
  Duration own_before_;
  Duration server_before_;
  Duration still_before_;
  Duration stopped_before_;
};

}  // namespace wireproof
