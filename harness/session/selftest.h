#pragma once

#include <vector>

#include "scenario/scenario.h"
#include "session/runner.h"
#include "session/selftest_result.h"

namespace wireproof {

// Whether the sheet can be a trial's: it plays a session against the reference server as it is.
bool takes_part(const Scenario& scenario, const Trial& trial);

// All plays of all trials, as long as they lie. Faults are waited for no longer than
// `fault_timeout`: what they leave out never comes.
struct SelftestPlan {
  std::vector<Play> plays;
  std::vector<std::size_t> trial_of;  // parallel to plays
};
SelftestPlan plan_selftest(const std::vector<Trial>& trials, const std::vector<Scenario>& scenarios,
                           Duration fault_timeout);

// Plays the plan; what a machine without time left open is played again, a few times. False when
// SIGINT came.
bool run_selftest(const SelftestPlan& plan, const ServerTable& servers, const RunOptions& options,
                  std::vector<TrialOutcome>& outcomes);

}  // namespace wireproof
