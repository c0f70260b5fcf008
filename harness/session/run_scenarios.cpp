#include <algorithm>

#include "session/runner.h"
#include "session/stage_plan.h"
#include "session/summary.h"

namespace wireproof {
namespace {

bool is_failure(Verdict verdict) {
  return verdict != Verdict::pass && verdict != Verdict::skip && verdict != Verdict::xfail;
}

// What was not played: nothing is said of it after an interrupt, else why.
void add_summary(const Scenario& scenario, std::vector<ScenarioResult> repetitions,
                 RunResult& run) {
  if (repetitions.empty() && run.interrupted) return;
  if (repetitions.empty()) {
    repetitions.push_back(
        unplayed_result(scenario, 1, Verdict::skip, "an earlier scenario failed (--fail-fast)"));
  }
  std::ranges::sort(repetitions, std::ranges::less{}, &ScenarioResult::repeat);
  run.scenarios.push_back(summarize(repetitions));
}

}  // namespace

RunResult run_scenarios(const std::vector<Scenario>& scenarios, const ServerTable& servers,
                        const RunOptions& options, const ResultSink& sink) {
  std::vector<Play> plays;
  for (const Scenario& scenario : scenarios) {
    for (std::uint64_t repeat = 1; repeat <= options.repeat; ++repeat) {
      plays.push_back({&scenario, repeat, {}, {}});
    }
  }
  std::vector<std::vector<ScenarioResult>> results(scenarios.size());
  const auto take = [&](std::size_t play, ScenarioResult result) {
    if (sink) sink(result);
    const bool goes_on = !options.fail_fast || !is_failure(result.verdict);
    results[play / options.repeat].push_back(std::move(result));
    return goes_on;
  };
  RunResult run;
  run.started = std::chrono::system_clock::now();
  run.interrupted = !play_all(plays, servers, options, take);
  run.lasted = std::chrono::system_clock::now() - run.started;
  for (std::size_t index = 0; index < scenarios.size(); ++index) {
    add_summary(scenarios[index], std::move(results[index]), run);
  }
  return run;
}

}  // namespace wireproof
