#include <algorithm>

#include "play/runner/runner.h"
#include "play/stage/server_fate.h"
#include "play/stage/stage_capture.h"
#include "play/stage/stage_plan.h"
#include "result/run_result.h"

namespace wireproof {
namespace {

// Every scenario so many times, in their order.
class Repetitions : public PlaySource {
 public:
  Repetitions(const std::vector<Scenario>& scenarios, const ServerTable& servers,
              const RunOptions& options, const ResultSink& sink)
      : options_(options), sink_(sink), results_(scenarios.size()) {
    if (options.one_server) fate_.emplace(options, servers);
    for (const Scenario& scenario : scenarios) {
      for (std::uint64_t repeat = 1; repeat <= options.repeat; ++repeat) {
        plays_.push_back({&scenario, repeat, {}, {}});
      }
    }
  }

  std::span<const Play> plays() const override { return plays_; }

  std::optional<std::size_t> next() override {
    while (next_ != plays_.size()) {
      const Play& play = plays_[next_];
      if (fate_ && fate_->awaits(*play.scenario)) return std::nullopt;
      const std::size_t number = next_++;
      auto ruled_out =
          fate_ ? fate_->rule_out(*play.scenario, play.repeat) : std::optional<ScenarioResult>();
      if (!ruled_out) return number;
      if (!keep(number, std::move(*ruled_out))) next_ = plays_.size();
    }
    return std::nullopt;
  }

  bool take(std::size_t number, ScenarioResult result) override {
    const bool is_last = number + 1 == plays_.size();
    if (fate_) fate_->take(*plays_[number].scenario, is_last, result);
    return keep(number, std::move(result));
  }

  // Of the scenario with this index.
  std::vector<ScenarioResult> take_results(std::size_t scenario) {
    return std::move(results_[scenario]);
  }

 private:
  // False: nothing more is played.
  bool keep(std::size_t number, ScenarioResult result) {
    if (sink_) sink_(result);
    const bool goes_on = !options_.fail_fast || is_good(result.verdict);
    results_[number / options_.repeat].push_back(std::move(result));
    return goes_on;
  }

  const RunOptions& options_;
  const ResultSink& sink_;
  std::vector<Play> plays_;
  std::size_t next_ = 0;
  std::vector<std::vector<ScenarioResult>> results_;  // per scenario
  std::optional<ServerFate> fate_;
};

// What was not played: nothing is said of it after an interrupt, else why.
void add_summary(const Scenario& scenario, std::vector<ScenarioResult> repetitions,
                 RunResult& run) {
  if (repetitions.empty() && run.interrupted) return;
  if (repetitions.empty()) {
    repetitions.push_back(
        unplayed_result(scenario, 1, Verdict::skip, "an earlier scenario failed (--fail-fast)"));
  }
  std::ranges::sort(repetitions, std::ranges::less{}, &ScenarioResult::repeat);
  run.scenarios.push_back(summarize(std::move(repetitions)));
}

}  // namespace

RunResult run_scenarios(const std::vector<Scenario>& scenarios, const ServerTable& servers,
                        const RunOptions& options, const ResultSink& sink) {
  if (options.running && options.capture) {
    open_running_capture({}, find_route(options.running->address));  // once, not for each sheet
  }
  Repetitions repetitions(scenarios, servers, options, sink);
  RunResult run;
  run.started = std::chrono::system_clock::now();
  run.interrupted = !play_all(repetitions, servers, options);
  run.lasted = std::chrono::system_clock::now() - run.started;
  for (std::size_t index = 0; index < scenarios.size(); ++index) {
    add_summary(scenarios[index], repetitions.take_results(index), run);
  }
  return run;
}

}  // namespace wireproof
