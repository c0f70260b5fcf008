#pragma once

#include "judge/traffic/evidence.h"
#include "sheet/scenario.h"

namespace wireproof {

struct MeasureJudgement {
  CheckResult check;
  Diagnostics failures;  // with spans into the sheet
};

// Judges the table of measures. What cannot be measured here is named in the check's reason; a
// check of which nothing can be measured is SKIP. Numbers of packets are those of the sheet's own
// connections. Pure.
MeasureJudgement judge_measures(const Scenario& scenario, const Evidence& evidence);

}  // namespace wireproof
