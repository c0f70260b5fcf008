#pragma once

#include "judge/traffic/evidence.h"

namespace wireproof {

// Judges a scenario by its evidence: the same code for live runs and for `check`. Pure.
ScenarioResult judge(const Scenario& scenario, const Evidence& evidence);

}  // namespace wireproof
