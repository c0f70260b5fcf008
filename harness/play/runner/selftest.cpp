#include "play/runner/selftest.h"

#include <algorithm>

#include "sheet/session/step_traits.h"

namespace wireproof {
namespace {

// A busy loop is judged by the CPU it takes, which the others lack meanwhile.
constexpr int kShorterForBusyLoops = 4;

bool judges_cpu(const Scenario& scenario) {
  const auto judges_idleness = [](const Step& step) {
    return step_traits(step.action).goal == StepGoal::server_idle;
  };
  return any_step(scenario.session->steps, judges_idleness) ||
         std::ranges::find(scenario.measures, MeasureKind::server_cpu, &Measure::kind) !=
             scenario.measures.end();
}

// Such sheets take several times the CPU of others, and a program may itself go mad over a fault.
bool starts_programs(const Scenario& scenario) {
  return any_step(scenario.session->steps, [](const Step& step) {
    return step_traits(step.action).makes == ActorKind::program;
  });
}

// What is known of a trial's fault; null: nothing.
const Signature* find_record(const Trial& trial, const SelftestOptions& options) {
  const auto server = options.recorded.find(trial.server);
  if (trial.kind != TrialKind::fault || server == options.recorded.end()) return nullptr;
  const auto found = std::ranges::find(server->second, trial.name, &Signature::fault);
  return found == server->second.end() ? nullptr : &*found;
}

// Whether the sheet can be a trial's: it plays a session against the reference server as it is, in
// the form that the trial is about.
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

}  // namespace

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
  if (const Signature* const record = find_record(trial, options)) {
    std::stable_partition(plays.begin(), plays.end(), [&](const Play& play) {
      const auto shown = record->failing.find(play.scenario->id);
      return shown != record->failing.end() && shown->second.has_value();
    });
  }
  return plays;
}

TrialQueue::TrialQueue(const std::vector<PlannedTrial>& trials, bool full) {
  for (const PlannedTrial& planned : trials) {
    Course& course = courses_.emplace_back();
    course.trial = planned.trial;
    course.first = plays_.size();
    for (const Play& play : planned.plays) {
      course.waiting.push_back(plays_.size());
      plays_.push_back(play);
    }
    const bool is_fault = course.trial->kind == TrialKind::fault;
    course.is_serial = is_fault && !full;
    course.keeps_results = is_fault && full;
  }
}

// What is played one by one comes first: it takes longest, and the others fill the gaps.
std::optional<std::size_t> TrialQueue::next() {
  for (const bool serial : {true, false}) {
    for (Course& course : courses_) {
      const bool may_start = !course.waiting.empty() && (!serial || course.running == 0);
      if (course.is_serial != serial || !may_start) continue;
      const std::size_t number = course.waiting.front();
      course.waiting.pop_front();
      ++course.running;
      return number;
    }
  }
  return std::nullopt;
}

bool TrialQueue::take(std::size_t number, ScenarioResult result) {
  Course& course =
      *std::prev(std::ranges::upper_bound(courses_, number, std::ranges::less{}, &Course::first));
  --course.running;
  const TrialSheet& sheet = course.sheets[number] = summarize_sheet(result);
  if (course.is_serial && catches(sheet, *course.trial)) course.waiting.clear();
  if (course.keeps_results) course.results[number] = std::move(result);
  return true;
}

std::vector<TrialOutcome> TrialQueue::take_outcomes() {
  std::vector<TrialOutcome> outcomes;
  for (Course& course : courses_) {
    TrialOutcome outcome{*course.trial, {}};
    for (auto& [number, sheet] : course.sheets) outcome.sheets.push_back(std::move(sheet));
    for (auto& [number, result] : course.results) outcome.results.push_back(std::move(result));
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
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
  TrialQueue queue(planned, options.full);
  RunOptions proof = run;
  proof.verdicts_only = true;
  if (!play_all(queue, servers, proof)) return std::nullopt;
  return queue.take_outcomes();
}

}  // namespace wireproof
