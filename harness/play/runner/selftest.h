#pragma once

#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "play/runner/runner.h"
#include "result/selftest_result.h"
#include "result/signature.h"
#include "sheet/scenario.h"

namespace wireproof {

// How a selftest is played.
struct SelftestOptions {
  // Faults are waited for no longer than this: what they leave out never comes.
  Duration fault_timeout = std::chrono::milliseconds(500);
  // Every sheet of every fault, not only until one has caught it.
  bool full = false;
  // What is known of the faults, by server: a fault is looked for first where it shows.
  std::map<std::string, Signatures> recorded;
};

// A trial and what is played for it, in this order.
struct PlannedTrial {
  const Trial* trial = nullptr;  // outlives the queue
  std::vector<Play> plays;
};

// The plays of a trial, in the order in which they are played: sheets by id, but against a
// fault those that start programs last, those that look at the server's CPU first where it is
// burnt, and before all of them those that are recorded to fail.
std::vector<Play> plan_trial(const Trial& trial, const std::vector<Scenario>& scenarios,
                             const SelftestOptions& options);

// The plays of all trials of a selftest, and what came of them.
//
// The plays of a fault follow one another until one has caught it; those of a server that is right
// need not wait for each other.
class TrialQueue : public PlaySource {
 public:
  // `full`: faults, too, are played to the end.
  TrialQueue(const std::vector<PlannedTrial>& trials, bool full);

  std::span<const Play> plays() const override { return plays_; }
  std::optional<std::size_t> next() override;
  bool take(std::size_t number, ScenarioResult result) override;

  // In the order of the trials; only what was played.
  std::vector<TrialOutcome> take_outcomes();

 private:
  struct Course {
    const Trial* trial = nullptr;
    std::size_t first = 0;                          // number of its first play
    std::deque<std::size_t> waiting;                // numbers of plays
    std::map<std::size_t, TrialSheet> sheets;       // that were played, by the play's number
    std::map<std::size_t, ScenarioResult> results;  // of these; only where `keeps_results`
    std::size_t running = 0;
    bool is_serial = false;
    bool keeps_results = false;
  };

  std::vector<Play> plays_;  // trial by trial
  std::vector<Course> courses_;
};

// Plays all trials. Nothing when SIGINT came.
std::optional<std::vector<TrialOutcome>> run_selftest(const std::vector<Trial>& trials,
                                                      const std::vector<Scenario>& scenarios,
                                                      const ServerTable& servers,
                                                      const RunOptions& run,
                                                      const SelftestOptions& options);

}  // namespace wireproof
