#include "play/stage/stage_process.h"

#include <sys/wait.h>

#include <cerrno>
#include <csignal>

#include "base/system/process_end.h"
#include "base/system/system_call.h"
#include "machine/host/child_processes.h"
#include "play/stage/play_codec.h"
#include "play/stage/stage_fork.h"
#include "play/stage/stage_plan.h"
#include "result/result_codec.h"

namespace wireproof {
namespace {

constexpr std::chrono::seconds kPrepareLimit{60};  // many at once on a slow machine
constexpr std::chrono::seconds kGrace{10};         // beyond the sum of the steps' limits

Duration play_limit(const StageSetting& setting, const Play& play) {
  const Duration timeout = setting.timeout(play).value_or(play.scenario->front.timeout);
  return session_bound(*play.scenario, timeout) + kGrace;
}

}  // namespace

StageProcess::StageProcess(const StageSetting& setting) : setting_(setting) {
  ForkedStage forked = fork_stage([&setting](const UniqueFd& link) { run_stage(setting, link); });
  process_ = forked.process;
  link_ = std::move(forked.link);
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
    case State::closing:
      deadline_ = Clock::now() + play_limit(setting_, play_);
      break;
    case State::idle:
    case State::ready:
    case State::ended:
      deadline_.reset();
      break;
  }
}

bool StageProcess::owes_result() const {
  return state_ == State::preparing || state_ == State::ready || state_ == State::playing;
}

void StageProcess::prepare(const Play& play) {
  play_ = play;
  enter(State::preparing);
  try {
    write_frame(link_.get(), {FrameKind::play, write_play(play)});
  } catch (const SystemError&) {
    return;  // it has ended meanwhile, which is noticed elsewhere
  }
}

void StageProcess::go() {
  enter(State::playing);
  give_go(link_.get());
}

std::optional<ScenarioResult> StageProcess::read() {
  if (frames_.read_from(link_.get())) link_.reset();  // its end says the rest
  std::optional<ScenarioResult> result;
  while (const auto frame = frames_.next()) {
    if (frame->kind == FrameKind::ready) {
      enter(State::ready);
    } else if (frame->kind == FrameKind::idle) {
      enter(State::idle);
    } else if (state_ != State::closing) {
      enter(State::closing);
      result = read_result(frame->body);
    }
  }
  return result;
}

std::optional<ScenarioResult> StageProcess::end() {
  // What it sent last may still wait in the link.
  std::optional<ScenarioResult> result;
  if (link_) result = read();
  const bool owed_result = owes_result();
  const int status = kill_and_reap();
  if (!owed_result) return result;
  return lost_result("the process that played the sheet " +
                     render_process_end(read_wait_status(status)));
}

std::optional<ScenarioResult> StageProcess::give_up() {
  const bool owed_result = owes_result();
  const bool was_preparing = state_ == State::preparing;
  kill_and_reap();
  if (!owed_result) return std::nullopt;
  const Duration limit = was_preparing ? Duration(kPrepareLimit) : play_limit(setting_, play_);
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
  return unplayed_result(*play_.scenario, play_.repeat, Verdict::error, reason);
}

}  // namespace wireproof
