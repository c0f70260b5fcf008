#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>

#include "base/system/unique_fd.h"
#include "play/stage/stage.h"
#include "play/stage/stage_link.h"
#include "result/run_result.h"

namespace wireproof {

// A stage as the main process sees it. Its process leads a group of its own, ignores the
// terminal's signals and ends with the main process.
class StageProcess {
 public:
  using Clock = std::chrono::steady_clock;
  enum class State { idle, preparing, ready, playing, closing, ended };

  // Forks. Throws SystemError.
  explicit StageProcess(const StageSetting& setting);
  // Kills what is left.
  ~StageProcess();
  StageProcess(const StageProcess&) = delete;
  StageProcess& operator=(const StageProcess&) = delete;

  State state() const { return state_; }
  pid_t process() const { return process_; }
  int link_fd() const { return link_.get(); }    // readable: call read()
  int ended_fd() const { return ended_.get(); }  // readable: call end()
  // After this it has taken too long for its state; none while it waits for us.
  std::optional<Clock::time_point> deadline() const { return deadline_; }

  // Of an idle stage. What the play points to was there before the stage.
  void prepare(const Play& play);
  void go();
  // Takes what the stage sent. A result, once for each play.
  std::optional<ScenarioResult> read();
  // Reaps the process that has ended. The result, if it owed one.
  std::optional<ScenarioResult> end();
  // Kills it; the result, if it has not sent one.
  std::optional<ScenarioResult> give_up();

 private:
  void enter(State state);
  bool owes_result() const;
  ScenarioResult lost_result(const std::string& reason) const;
  int kill_and_reap();

  StageSetting setting_;
  Play play_;
  State state_ = State::idle;
  pid_t process_ = -1;
  UniqueFd link_;
  UniqueFd ended_;
  FrameReader frames_;
  std::optional<Clock::time_point> deadline_;
};

}  // namespace wireproof
