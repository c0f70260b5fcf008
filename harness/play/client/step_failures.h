#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/text/diagnostic.h"
#include "judge/traffic/failed_step.h"

namespace wireproof {

// One actor's failure at one playing of a step (a repeated step is played several times).
struct StepFailure {
  std::size_t playing = 0;  // index in the SessionPlan: the same for all clients of a group
  std::string actor;
  bool in_group = false;
  Diagnostic diagnostic;
  FailedStep facts{};
};

// One diagnostic per failed playing, in the order of first failure. Of a group the first client
// speaks, and a note names the others that failed there.
Diagnostics merge_failures(const std::vector<StepFailure>& failures);

// What those that speak there met, parallel to merge_failures.
std::vector<FailedStep> merge_facts(const std::vector<StepFailure>& failures);

}  // namespace wireproof
