#pragma once

#include <optional>
#include <vector>

#include "play/runner/runner.h"
#include "result/selftest_result.h"
#include "sheet/scenario.h"

namespace wireproof {

// Whether the sheet can be a trial's: it plays a session against the reference server as it is, in
// the form that the trial is about.
bool takes_part(const Scenario& scenario, const Trial& trial);

// How a selftest is played.
struct SelftestOptions {
  // Faults are waited for no longer than this: what they leave out never comes.
  Duration fault_timeout = std::chrono::milliseconds(500);
  // Every sheet of every fault, not only until one has caught it.
  bool full = false;
};

// The plays of a trial, in the order in which they are played: sheets by id, but against a
// fault those that start programs last, and those that look at the server's CPU first where it is
// burnt.
std::vector<Play> plan_trial(const Trial& trial, const std::vector<Scenario>& scenarios,
                             const SelftestOptions& options);

// Plays all trials (TrialQueue). Nothing when SIGINT came.
std::optional<std::vector<TrialOutcome>> run_selftest(const std::vector<Trial>& trials,
                                                      const std::vector<Scenario>& scenarios,
                                                      const ServerTable& servers,
                                                      const RunOptions& run,
                                                      const SelftestOptions& options);

}  // namespace wireproof
