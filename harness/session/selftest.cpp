#include "session/selftest.h"

#include <algorithm>
#include <optional>

namespace wireproof {
namespace {

constexpr int kMaxRounds = 4;

}  // namespace

bool takes_part(const Scenario& scenario, const Trial& trial) {
  const FrontMatter& front = scenario.front;
  if (front.server != trial.server || !front.command.empty() || !scenario.session) return false;
  return std::ranges::none_of(trial.parameters, [&](const auto& parameter) {
    return front.parameters.contains(parameter.first);
  });
}

SelftestPlan plan_selftest(const std::vector<Trial>& trials, const std::vector<Scenario>& scenarios,
                           Duration fault_timeout) {
  SelftestPlan plan;
  for (std::size_t index = 0; index < trials.size(); ++index) {
    const Trial& trial = trials[index];
    for (const Scenario& scenario : scenarios) {
      if (!takes_part(scenario, trial)) continue;
      std::optional<Duration> timeout;
      if (trial.kind == TrialKind::fault) timeout = fault_timeout;
      plan.plays.push_back({&scenario, 1, trial.parameters, timeout});
      plan.trial_of.push_back(index);
    }
  }
  return plan;
}

bool run_selftest(const SelftestPlan& plan, const ServerTable& servers, const RunOptions& options,
                  std::vector<TrialOutcome>& outcomes) {
  std::vector<std::optional<TrialSheet>> sheets(plan.plays.size());
  std::vector<std::size_t> open(plan.plays.size());
  for (std::size_t index = 0; index < open.size(); ++index) open[index] = index;
  for (int round = 0; round < kMaxRounds && !open.empty(); ++round) {
    std::vector<Play> plays;
    for (const std::size_t index : open) plays.push_back(plan.plays[index]);
    const auto take = [&](std::size_t play, const ScenarioResult& result) {
      sheets[open[play]] = summarize_sheet(result);
      return true;
    };
    if (!play_all(plays, servers, options, take)) return false;
    std::erase_if(open, [&](std::size_t index) {
      return sheets[index] && sheets[index]->verdict != Verdict::inconclusive;
    });
  }
  for (std::size_t index = 0; index < sheets.size(); ++index) {
    if (sheets[index]) outcomes[plan.trial_of[index]].sheets.push_back(std::move(*sheets[index]));
  }
  return true;
}

}  // namespace wireproof
