#pragma once

#include <sys/types.h>

#include <string>

#include "base/text/time.h"

namespace wireproof {

// Watches whether the machine gave the harness and the server the time that a sheet grants them
// (capture.md): a step that ran out of time proves nothing about a server that had no CPU.
class CpuWitness {
 public:
  enum class Scope { process, tree };

  // From now on. `server` of 0: none is known.
  CpuWitness(pid_t server, Scope scope);

  // Why a step limited to `allowed` that ran out of time is inconclusive; empty: both sides had
  // the time.
  std::string find_starvation(Duration allowed) const;

 private:
  Duration server_waited() const;

  pid_t server_;
  Scope scope_;
  Duration own_before_{};
  Duration server_before_{};
};

}  // namespace wireproof
