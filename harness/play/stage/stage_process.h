#pragma once

#include <optional>
#include <string>

#include "play/stage/stage.h"
#include "play/stage/worker.h"
#include "result/run_result.h"

namespace wireproof {

// A stage as the main process sees it.
class StageProcess {
 public:
  enum class State { idle, preparing, ready, playing, closing, ended };

  // Forks. Throws SystemError.
  explicit StageProcess(const StageSetting& setting);

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
  // Kills it, which has taken too long; the result, if it has not sent one.
  std::optional<ScenarioResult> give_up();

 private:
  void enter(State state);
  Duration play_limit() const;
  std::optional<ScenarioResult> take(const Frame& frame);
  ScenarioResult lost_result(const std::string& reason) const;
  std::optional<ScenarioResult> lose(const std::string& reason);
  int kill_and_reap();

  StageSetting setting_;
  PlayOrder order_;
  State state_ = State::idle;
  Worker worker_;
};

}  // namespace wireproof
