#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/system/system_call.h"
#include "machine/host/child_processes.h"
#include "machine/host/stall_watch.h"
#include "play/run_options.h"
#include "play/stage/worker.h"
#include "result/run_result.h"

namespace wireproof {

// What is the same for all plays of a run, and the plays. It outlives the stages, whose processes
// are forked with it.
struct StageSetting {
  const ServerTable& servers;
  const RunOptions& options;
  std::span<const Play> plays;

  // Throws std::out_of_range on an order of a play that there is not.
  const Play& play(const PlayOrder& order) const;
  // None: the sheet's.
  std::optional<Duration> timeout(const PlayOrder& order) const;
  // Whether no other play may share a loopback with it.
  bool plays_alone(const PlayOrder& order) const;
};

// What a stage process does with each play that it is sent: enters a network, opens the capture and
// the server, says ready, waits for go, plays, judges, sends the result, only then closes what it
// opened, and says idle once nothing that it started is left. Returns when the link is closed, and
// behind a play that could not be prepared. The process must have one thread.
void run_stage(const StageSetting& setting, const UniqueFd& link);

// A stage as the main process sees it.
class StageProcess {
 public:
  enum class State { idle, preparing, ready, playing, closing, ended };

  // Forks. `stalls` is the main process's, and outlives it. Throws SystemError.
  StageProcess(const StageSetting& setting, const StallWatch& stalls);

  State state() const { return state_; }
  // Who it is, what to wait for, and until when.
  const Worker& worker() const { return worker_; }

  // Of an idle stage.
  void prepare(const PlayOrder& order);
  void go();
  // Takes what the stage sent. A result, once for each play.
  std::optional<ScenarioResult> read();
  // Reaps the process that has ended. The result, if it owed one.
  std::optional<ScenarioResult> end();
  // Kills it, which has taken too long; the result, if it has not sent one: INCONCLUSIVE where the
  // process was not given the time, or was stopped.
  std::optional<ScenarioResult> give_up();
  // Whether a replay would not change the result of the play.
  bool is_final() const { return is_final_; }

 private:
  void enter(State state);
  Duration start_bound() const;
  Duration play_limit() const;
  std::optional<ScenarioResult> take(const Frame& frame);
  ScenarioResult lost_result(const std::string& reason, Verdict verdict = Verdict::error) const;
  std::optional<ScenarioResult> lose(const std::string& reason, Verdict verdict = Verdict::error);
  int kill_and_reap();
  std::string find_missing(Duration limit) const;

  StageSetting setting_;
  const StallWatch& stalls_;
  PlayOrder order_;
  State state_ = State::idle;
  bool is_final_ = false;
  CpuAccount entered_;  // of the process, when it began what it owes a result for
  Duration still_before_{};
  Worker worker_;
};

}  // namespace wireproof
