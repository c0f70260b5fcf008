#include "session/stage_process.h"

#include <sys/wait.h>

#include <cerrno>
#include <csignal>

#include "base/system_call.h"
#include "host/child_processes.h"
#include "session/result_codec.h"
#include "session/stage_fork.h"
#include "session/stage_plan.h"

namespace wireproof {
namespace {

constexpr std::chrono::seconds kPrepareLimit{60};  // many at once on a slow machine
constexpr std::chrono::seconds kGrace{10};         // beyond the sum of the steps' limits

Duration play_limit(const StageTask& task) {
  const Duration timeout = task.timeout().value_or(task.play->scenario->front.timeout);
  return session_bound(*task.play->scenario, timeout) + kGrace;
}

}  // namespace

StageProcess::StageProcess(const StageTask& task) : task_(task) {
  ForkedStage forked = fork_stage([&task](const UniqueFd& link) { run_stage(task, link); });
  process_ = forked.process;
  link_ = std::move(forked.link);
  enter(State::preparing);
  ended_ = open_process(process_);
}

StageProcess::~StageProcess() {
  if (state_ != State::ended) kill_and_reap();
}

void StageProcess::enter(State state) {
  state_ = state;
  switch (state) {
    case State::preparing:
      deadline_ = Clock::now() + kPrepareLimit;
      break;
    case State::playing:
      deadline_ = Clock::now() + play_limit(task_);
      break;
    case State::closing:
      deadline_ = Clock::now() + play_limit(task_);
      break;
    case State::ready:
    case State::ended:
      deadline_.reset();
      break;
  }
}

void StageProcess::go() {
  enter(State::playing);
  give_go(link_.get());
}

std::optional<ScenarioResult> StageProcess::read() {
  if (frames_.read_from(link_.get())) link_.reset();  // its end says the rest
  while (const auto frame = frames_.next()) {
    if (frame->kind == FrameKind::ready) {
      enter(State::ready);
    } else if (state_ != State::closing) {
      enter(State::closing);
      return read_result(frame->body);
    }
  }
  return std::nullopt;
}

std::optional<ScenarioResult> StageProcess::end() {
  // What it sent last may still wait in the link.
  std::optional<ScenarioResult> result;
  if (link_) result = read();
  const bool had_result = state_ == State::closing;
  const int status = kill_and_reap();
  if (had_result) return result;
  return lost_result("the process that played the sheet " + render_wait_status(status));
}

std::optional<ScenarioResult> StageProcess::give_up() {
  const bool had_result = state_ == State::closing;
  const bool was_preparing = state_ == State::preparing;
  kill_and_reap();
  if (had_result) return std::nullopt;
  const Duration limit = was_preparing ? Duration(kPrepareLimit) : play_limit(task_);
  return lost_result(std::string("the sheet could not be ") +
                     (was_preparing ? "prepared" : "played") + " within " + render_duration(limit));
}

int StageProcess::kill_and_reap() {
  int status = 0;
  ::kill(-process_, SIGKILL);
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) continue;
  enter(State::ended);
  return status;
}

ScenarioResult StageProcess::lost_result(const std::string& reason) const {
  return unplayed_result(*task_.play->scenario, task_.play->repeat, Verdict::error, reason);
}

}  // namespace wireproof
