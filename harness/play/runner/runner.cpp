#include "play/runner/runner.h"

#include <malloc.h>

#include <algorithm>
#include <list>

#include "base/system/deadline.h"
#include "base/system/process.h"
#include "machine/host/child_processes.h"
#include "machine/host/network.h"
#include "machine/host/stall_watch.h"
#include "play/runner/machine_offer.h"
#include "play/runner/replay_queue.h"
#include "play/stage/server_fate.h"
#include "play/stage/stage.h"
#include "play/stage/stage_capture.h"
#include "play/stage/stage_plan.h"

namespace wireproof {
namespace {

// How many stages may exist. Opening and closing a world are mostly waits for the kernel, which
// overlap: stages are prepared ahead, and closing ones do not hold up the next.
struct Limits {
  std::size_t playing = 1;
  std::size_t open = 1;  // not closing yet
  std::size_t all = 1;
  bool share_loopback = false;  // each has its own addresses there, but for those that play alone
};

Limits find_limits(const RunOptions& options) {
  // One server, whose state is every sheet's: a client that holds it up in one sheet must not make
  // another fail, and what a sheet did to it must be known before the next begins.
  if (options.running) return {};
  const bool share = offered_network().kind == NetworkKind::host_loopback;
  const std::size_t jobs = limit_jobs(options.jobs, count_processors());
  const std::size_t open = jobs + options.ahead;
  return {jobs, open, 2 * open, share};
}

class Run {
 public:
  Run(PlaySource& source, const ServerTable& servers, const RunOptions& options)
      : limits_(find_limits(options)),
        plays_(source,
               limits_.open > 1 ? ReplayQueue::Company::with_others : ReplayQueue::Company::alone,
               options.trace_failures && !options.fail_fast && !options.running),
        setting_{servers, options, source.plays()} {}

  bool play() {
    for (;;) {
      open_stages();
      if (!held_ && count(StageProcess::State::idle) == entries_.size()) break;
      give_go();
      await_events();
      if (interrupted_ || stopping_) break;
    }
    entries_.clear();  // kills the stages
    orphans_.end_orphans({});
    plays_.finish();
    return !interrupted_;
  }

 private:
  struct Entry {
    std::size_t number = 0;  // of its play
    std::unique_ptr<StageProcess> stage;
  };

  std::size_t count(StageProcess::State state) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        entries_, [&](const Entry& entry) { return entry.stage->state() == state; }));
  }

  std::size_t count_open() const {
    return entries_.size() - count(StageProcess::State::closing) - count(StageProcess::State::idle);
  }

  // One that has nothing to do, now the last of the list.
  Entry& take_idle_stage() {
    const auto idle = std::ranges::find_if(entries_, [](const Entry& entry) {
      return entry.stage->state() == StageProcess::State::idle;
    });
    if (idle != entries_.end()) {
      entries_.splice(entries_.end(), entries_, idle);
    } else {
      entries_.push_back({0, std::make_unique<StageProcess>(setting_, stalls_)});
    }
    return entries_.back();
  }

  void hold_next() {
    held_ = plays_.next();
    wants_alone_ = held_ && limits_.share_loopback && setting_.plays_alone(*held_);
  }

  void open_stages() {
    while (count_open() < limits_.open) {
      const std::size_t idle = count(StageProcess::State::idle);
      const bool has_room = entries_.size() < limits_.all || idle > 0;
      if (!held_ && has_room) hold_next();
      if (!held_) return;
      const bool is_busy = idle < entries_.size();
      if (is_busy && (wants_alone_ || is_alone_)) return;
      is_alone_ = wants_alone_;
      Entry& entry = take_idle_stage();
      entry.number = held_->play;
      entry.stage->prepare(*held_);
      held_.reset();
    }
  }

  void give_go() {
    std::size_t playing = count(StageProcess::State::playing);
    for (Entry& entry : entries_) {
      if (playing >= limits_.playing) return;
      if (entry.stage->state() != StageProcess::State::ready) continue;
      entry.stage->go();
      ++playing;
    }
  }

  void await_events() {
    std::vector<pollfd> descriptors{{signals_.fd(), POLLIN, 0}};
    Deadline earliest = Deadline::never();
    for (const Entry& entry : entries_) {
      descriptors.push_back({entry.stage->worker().link_fd(), POLLIN, 0});
      descriptors.push_back({entry.stage->worker().ended_fd(), POLLIN, 0});
      earliest = std::min(earliest, entry.stage->worker().deadline());
    }
    await_any(descriptors, earliest, "wait for the stages");
    if (signals_.take()) interrupted_ = true;
    auto descriptor = descriptors.begin() + 1;
    for (Entry& entry : entries_) {
      attend(entry, descriptor[0].revents != 0, descriptor[1].revents != 0);
      descriptor += 2;
    }
    for (Entry& entry : entries_) {
      if (entry.stage->worker().deadline().is_over()) take(entry, entry.stage->give_up());
    }
    entries_.remove_if(
        [](const Entry& entry) { return entry.stage->state() == StageProcess::State::ended; });
  }

  void attend(Entry& entry, bool is_linked, bool has_ended) {
    if (is_linked) take(entry, entry.stage->read());
    if (!has_ended) return;
    const StageProcess::State before = entry.stage->state();
    take(entry, entry.stage->end());
    if (before == StageProcess::State::closing || before == StageProcess::State::idle) return;
    // It died in the middle: its server and what that started are ours now.
    std::set<pid_t> kept;
    for (const Entry& other : entries_) kept.insert(other.stage->worker().process());
    orphans_.end_orphans(kept);
  }

  void take(const Entry& entry, std::optional<ScenarioResult> result) {
    if (!result || stopping_) return;
    const auto chance =
        entry.stage->is_final() ? ReplayQueue::Chance::none : ReplayQueue::Chance::another;
    stopping_ = !plays_.take(entry.number, std::move(*result), chance);
  }

  const Limits limits_;
  ReplayQueue plays_;
  const StopSignals signals_;
  const OrphanCollector orphans_;
  const StallWatch stalls_;
  const StageSetting setting_;
  std::list<Entry> entries_;       // in the order in which they were given their plays
  std::optional<PlayOrder> held_;  // the next, until no other is in its way
  bool wants_alone_ = false;       // it needs the loopback to itself
  bool is_alone_ = false;          // what plays now has it
  bool interrupted_ = false;
  bool stopping_ = false;
};

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

bool play_all(PlaySource& source, const ServerTable& servers, const RunOptions& options) {
  RunOptions fitted = options;
  // Sessions are judged without packets rather than not at all.
  if (options.capture && !options.running) fitted.capture = offered_network().captures;
  // Each fork copies the page tables of what reading the sheets left free, too.
  ::malloc_trim(0);
  return Run(source, servers, fitted).play();
}

RunResult run_scenarios(const std::vector<Scenario>& scenarios, const ServerTable& servers,
                        const RunOptions& options, const ResultSink& sink) {
  if (options.running && options.capture) {
    open_running_capture({}, find_route(options.running->address));  // once, not for each sheet
  }
  Repetitions repetitions(scenarios, servers, options, sink);
  RunResult run;
  run.limits = find_run_limits(options);
  run.started = std::chrono::system_clock::now();
  run.interrupted = !play_all(repetitions, servers, options);
  run.lasted = std::chrono::system_clock::now() - run.started;
  for (std::size_t index = 0; index < scenarios.size(); ++index) {
    add_summary(scenarios[index], repetitions.take_results(index), run);
  }
  return run;
}

}  // namespace wireproof
