#include "play/runner/selftest.h"

#include <algorithm>

#include "play/runner/trial_queue.h"

namespace wireproof {
namespace {

// A busy loop is judged by the CPU it takes, which the others lack meanwhile.
constexpr int kShorterForBusyLoops = 4;

bool judges_cpu(const Scenario& scenario) {
  const auto judges_idleness = [](const Step& step) {
    const auto* server = std::get_if<StepServer>(&step.action);
    return server != nullptr && server->action == ServerAction::idle;
  };
  return std::ranges::any_of(scenario.session->steps, judges_idleness) ||
         std::ranges::find(scenario.measures, "server cpu", &Measure::name) !=
             scenario.measures.end();
}

// Such sheets take several times the CPU of others, and a program may itself go mad over a fault.
bool starts_programs(const Scenario& scenario) {
  return std::ranges::any_of(scenario.session->steps, [](const Step& step) {
    return std::holds_alternative<StepRun>(step.action);
  });
}

}  // namespace

bool takes_part(const Scenario& scenario, const Trial& trial) {
  const FrontMatter& front = scenario.front;
  if (front.server != trial.server || !front.command.empty() || !scenario.session) return false;
  const auto is_set = [&](const auto& parameter) {
    return front.parameters.contains(parameter.first);
  };
  const auto is_other = [&](const auto& parameter) {
    const auto own = front.parameters.find(parameter.first);
    return own != front.parameters.end() && own->second != parameter.second;
  };
  return std::ranges::none_of(trial.parameters, is_set) &&
         std::ranges::none_of(trial.form, is_other);
}

std::vector<Play> plan_trial(const Trial& trial, const std::vector<Scenario>& scenarios,
                             const SelftestOptions& options) {
  const bool burns_cpu = trial.explanation == ExplanationId::busy_loop;
  std::optional<Duration> timeout;
  if (trial.kind == TrialKind::fault) timeout = options.fault_timeout;
  if (timeout && burns_cpu) *timeout /= kShorterForBusyLoops;
  std::vector<Play> plays;
  for (const Scenario& scenario : scenarios) {
    if (takes_part(scenario, trial)) plays.push_back({&scenario, 1, trial.parameters, timeout});
  }
  if (burns_cpu) {
    std::stable_partition(plays.begin(), plays.end(),
                          [](const Play& play) { return judges_cpu(*play.scenario); });
  } else if (trial.kind == TrialKind::fault) {
    std::stable_partition(plays.begin(), plays.end(),
                          [](const Play& play) { return !starts_programs(*play.scenario); });
  }
  return plays;
}

std::optional<std::vector<TrialOutcome>> run_selftest(const std::vector<Trial>& trials,
                                                      const std::vector<Scenario>& scenarios,
                                                      const ServerTable& servers,
                                                      const RunOptions& run,
                                                      const SelftestOptions& options) {
  std::vector<PlannedTrial> planned;
  for (const Trial& trial : trials) {
    planned.push_back({&trial, plan_trial(trial, scenarios, options)});
  }
  TrialQueue queue(std::move(planned), options.full);
  RunOptions proof = run;
  proof.verdicts_only = true;
  if (!play_all(queue, servers, proof)) return std::nullopt;
  return queue.take_outcomes();
}

}  // namespace wireproof
