#pragma once

#include <cstdint>
#include <vector>

#include "judge/traffic/played_session.h"

namespace wireproof {

// One actor's failure at one playing of a step (a repeated step is played several times).
struct StepFailure {
  std::uint64_t playing = 0;  // the same for all clients of a group
  bool in_group = false;
  FailedStep step;
};

// One per failed playing, in the order of first failure. Of a group the first client speaks, and a
// note names the others that failed there.
std::vector<FailedStep> merge_failures(const std::vector<StepFailure>& failures);

}  // namespace wireproof
