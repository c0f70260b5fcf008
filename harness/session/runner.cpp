#include "session/runner.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <list>

#include "base/system_call.h"
#include "host/child_processes.h"
#include "host/private_network.h"
#include "session/stage_plan.h"
#include "session/stage_process.h"
#include "session/stop_signals.h"
#include "session/summary.h"

namespace wireproof {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

// How many stages may exist. Opening and closing a world are mostly waits for the kernel, which
// overlap: stages are prepared ahead, and closing ones do not hold up the next.
struct Limits {
  std::size_t playing = 1;
  std::size_t open = 1;  // not closing yet
  std::size_t all = 1;
};

// On a loopback that all share, ports and capture belong to one scenario at a time.
Limits find_limits(const RunOptions& options) {
  const NetworkUse use = options.capture ? NetworkUse::with_capture : NetworkUse::without_capture;
  if (probe_private_network(use) == NetworkKind::host_loopback) return {};
  const std::size_t jobs = std::max<std::size_t>(options.jobs, 1);
  const std::size_t open = jobs + options.ahead;
  return {jobs, open, 2 * open};
}

bool is_failure(Verdict verdict) {
  return verdict != Verdict::pass && verdict != Verdict::skip && verdict != Verdict::xfail;
}

class Run {
 public:
  Run(const std::vector<Scenario>& scenarios, const ServerTable& servers, const RunOptions& options,
      const ResultSink& sink);

  RunResult play();

 private:
  struct Entry {
    std::size_t scenario = 0;
    std::unique_ptr<StageProcess> stage;
  };

  bool has_work() const;
  std::size_t count(StageProcess::State state) const;
  void open_stages();
  void give_go();
  void await_events();
  void attend(Entry& entry, bool is_linked, bool has_ended);
  void enforce_deadlines();
  void take(std::size_t scenario, std::optional<ScenarioResult> result);
  void drop_unplayed();
  RunResult gather(Timestamp started);

  const std::vector<Scenario>& scenarios_;
  const ServerTable& servers_;
  const RunOptions& options_;
  const ResultSink& sink_;
  const Limits limits_;
  const StopSignals signals_;
  const OrphanCollector orphans_;
  std::list<Entry> entries_;  // in the order in which they were opened
  std::size_t next_ = 0;      // counts scenarios times repetitions
  bool interrupted_ = false;
  bool stopping_ = false;
  std::vector<std::vector<ScenarioResult>> results_;  // per scenario
};

Run::Run(const std::vector<Scenario>& scenarios, const ServerTable& servers,
         const RunOptions& options, const ResultSink& sink)
    : scenarios_(scenarios),
      servers_(servers),
      options_(options),
      sink_(sink),
      limits_(find_limits(options)),
      results_(scenarios.size()) {}

RunResult Run::play() {
  const Timestamp started = std::chrono::system_clock::now();
  while (!interrupted_ && !stopping_ && (has_work() || !entries_.empty())) {
    open_stages();
    give_go();
    await_events();
  }
  drop_unplayed();
  return gather(started);
}

bool Run::has_work() const {
  return next_ < scenarios_.size() * options_.repeat;
}

std::size_t Run::count(StageProcess::State state) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      entries_, [&](const Entry& entry) { return entry.stage->state() == state; }));
}

void Run::open_stages() {
  while (has_work() && entries_.size() < limits_.all &&
         entries_.size() - count(StageProcess::State::closing) < limits_.open) {
    const std::size_t scenario = next_ / options_.repeat;
    const StageTask task{&scenarios_[scenario], &servers_, &options_, next_ % options_.repeat + 1};
    entries_.push_back({scenario, std::make_unique<StageProcess>(task)});
    ++next_;
  }
}

void Run::give_go() {
  std::size_t playing = count(StageProcess::State::playing);
  for (Entry& entry : entries_) {
    if (playing >= limits_.playing) return;
    if (entry.stage->state() != StageProcess::State::ready) continue;
    entry.stage->go();
    ++playing;
  }
}

void Run::await_events() {
  std::vector<pollfd> descriptors{{signals_.fd(), POLLIN, 0}};
  std::optional<Clock::time_point> earliest;
  for (const Entry& entry : entries_) {
    descriptors.push_back({entry.stage->link_fd(), POLLIN, 0});
    descriptors.push_back({entry.stage->ended_fd(), POLLIN, 0});
    const auto deadline = entry.stage->deadline();
    if (deadline && (!earliest || *deadline < *earliest)) earliest = deadline;
  }
  int limit = -1;
  if (earliest) {
    const auto left = std::chrono::ceil<Milliseconds>(*earliest - Clock::now());
    limit = static_cast<int>(std::max(left, Milliseconds(0)).count());
  }
  const int ready = ::poll(descriptors.data(), descriptors.size(), limit);
  if (ready < 0 && errno != EINTR) throw SystemError("wait for the stages", errno);
  if (ready < 0) return;
  if (signals_.take()) interrupted_ = true;
  auto descriptor = descriptors.begin() + 1;
  for (Entry& entry : entries_) {
    attend(entry, descriptor[0].revents != 0, descriptor[1].revents != 0);
    descriptor += 2;
  }
  enforce_deadlines();
  entries_.remove_if(
      [](const Entry& entry) { return entry.stage->state() == StageProcess::State::ended; });
}

void Run::attend(Entry& entry, bool is_linked, bool has_ended) {
  if (is_linked) take(entry.scenario, entry.stage->read());
  if (!has_ended) return;
  const bool was_closing = entry.stage->state() == StageProcess::State::closing;
  take(entry.scenario, entry.stage->end());
  if (was_closing) return;
  // It died in the middle: its server and what that started are ours now.
  std::set<pid_t> kept;
  for (const Entry& other : entries_) kept.insert(other.stage->process());
  orphans_.end_orphans(kept);
}

void Run::enforce_deadlines() {
  const auto now = Clock::now();
  for (Entry& entry : entries_) {
    const auto deadline = entry.stage->deadline();
    if (deadline && *deadline <= now) take(entry.scenario, entry.stage->give_up());
  }
}

void Run::take(std::size_t scenario, std::optional<ScenarioResult> result) {
  if (!result || stopping_) return;
  if (sink_) sink_(*result);
  // --fail-fast: what has not ended yet is not judged.
  stopping_ = options_.fail_fast && is_failure(result->verdict);
  results_[scenario].push_back(std::move(*result));
}

void Run::drop_unplayed() {
  entries_.clear();  // kills the stages
  orphans_.end_orphans({});
}

RunResult Run::gather(Timestamp started) {
  RunResult run;
  run.started = started;
  run.lasted = std::chrono::system_clock::now() - started;
  run.interrupted = interrupted_;
  for (std::size_t index = 0; index < scenarios_.size(); ++index) {
    std::vector<ScenarioResult> repetitions = std::move(results_[index]);
    if (repetitions.empty() && interrupted_) continue;
    if (repetitions.empty()) {
      repetitions.push_back(unplayed_result(scenarios_[index], 1, Verdict::skip,
                                            "an earlier scenario failed (--fail-fast)"));
    }
    std::ranges::sort(repetitions, std::ranges::less{}, &ScenarioResult::repeat);
    run.scenarios.push_back(summarize(repetitions));
  }
  return run;
}

}  // namespace

RunResult run_scenarios(const std::vector<Scenario>& scenarios, const ServerTable& servers,
                        const RunOptions& options, const ResultSink& sink) {
  return Run(scenarios, servers, options, sink).play();
}

}  // namespace wireproof
