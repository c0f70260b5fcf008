#include "play/stage/stage.h"

#include <algorithm>

#include "base/system/process.h"
#include "machine/host/child_processes.h"
#include "play/stage/stage_plan.h"
#include "result/result_codec.h"

namespace wireproof {
namespace {

constexpr std::chrono::seconds kPrepareLimit{60};  // many at once on a slow machine
constexpr std::chrono::seconds kGrace{10};         // beyond the sum of the steps' limits

bool owes_result(StageProcess::State state) {
  using State = StageProcess::State;
  return state == State::preparing || state == State::ready || state == State::playing;
}

}  // namespace

StageProcess::StageProcess(const StageSetting& setting, const StallWatch& stalls)
    : setting_(setting),
      stalls_(stalls),
      worker_([&setting](const UniqueFd& link) { run_stage(setting, link); }) {}

Duration StageProcess::start_bound() const {
  const FrontMatter& front = setting_.play(order_).scenario->front;
  const auto program = setting_.servers.find(front.server);
  const Duration limit = start_limit(
      front, setting_.options, program == setting_.servers.end() ? nullptr : &program->second);
  return std::min<Duration>(limit, kLongestSession);
}

// A session may start the server again.
Duration StageProcess::play_limit() const {
  const Scenario& scenario = *setting_.play(order_).scenario;
  const Duration timeout = setting_.timeout(order_).value_or(scenario.front.timeout);
  return session_bound(scenario, timeout) + start_bound() + kGrace;
}

void StageProcess::enter(State state) {
  state_ = state;
  if (owes_result(state)) {
    entered_ = read_cpu_account(worker_.process());
    still_before_ = stalls_.stood_still();
  }
  switch (state) {
    case State::preparing:
      worker_.allow(Deadline(kPrepareLimit + start_bound()));
      break;
    case State::playing:
    case State::closing:
      worker_.allow(Deadline(play_limit()));
      break;
    case State::idle:
    case State::ready:
    case State::ended:
      worker_.allow(Deadline::never());
      break;
  }
}

void StageProcess::prepare(const PlayOrder& order) {
  order_ = order;
  is_final_ = false;
  enter(State::preparing);
  worker_.send(write_order(order));
}

void StageProcess::go() {
  enter(State::playing);
  worker_.send({FrameKind::go, ""});
}

std::optional<ScenarioResult> StageProcess::take(const Frame& frame) {
  if (frame.kind == FrameKind::ready) {
    enter(State::ready);
  } else if (frame.kind == FrameKind::idle) {
    enter(State::idle);
  } else if (state_ != State::closing) {
    ScenarioResult result = read_json<ScenarioResult>(frame.body);
    is_final_ = frame.kind == FrameKind::final_result;
    enter(State::closing);
    return result;
  }
  return std::nullopt;
}

std::optional<ScenarioResult> StageProcess::read() {
  if (state_ == State::ended) return std::nullopt;
  worker_.read();  // that the link is closed, its end says
  std::optional<ScenarioResult> result;
  try {
    while (const auto frame = worker_.next()) {
      if (auto taken = take(*frame)) result = std::move(taken);
    }
  } catch (const std::exception& error) {
    auto lost = lose("the process that played the sheet sent what cannot be read: " +
                     std::string(error.what()));
    if (lost) result = std::move(lost);
  }
  return result;
}

std::optional<ScenarioResult> StageProcess::end() {
  // What it sent last may still wait in the link.
  std::optional<ScenarioResult> result = read();
  if (state_ == State::ended) return result;
  const bool owed_result = owes_result(state_);
  const int status = kill_and_reap();
  if (!owed_result) return result;
  return lost_result("the process that played the sheet " +
                     render_process_end(read_wait_status(status)));
}

std::optional<ScenarioResult> StageProcess::give_up() {
  const bool was_preparing = state_ == State::preparing;
  const Duration limit = was_preparing ? Duration(kPrepareLimit) : play_limit();
  std::string reason = std::string("the sheet could not be ") +
                       (was_preparing ? "prepared" : "played") + " within " +
                       render_duration(limit);
  const std::string missing = find_missing(limit);
  if (missing.empty()) return lose(reason);
  return lose(reason + missing, Verdict::inconclusive);
}

// What took the time, where it was not the sheet; empty: nothing did. A cgroup that has used up its
// quota stands still for this process, too.
std::string StageProcess::find_missing(Duration limit) const {
  const Duration still = stalls_.stood_still() - still_before_;
  if (!machine_gave_time(still, limit)) {
    return ", in which the machine stood still for " + render_milliseconds(still);
  }
  const auto stat = read_process_stat(worker_.process());
  if (stat && (stat->state == 'T' || stat->state == 't')) {
    return ": the process that plays it is stopped by a signal";
  }
  // A wait for a CPU is in the account once it is over.
  const CpuAccount account = read_cpu_account(worker_.process());
  const bool waits = account.ran == entered_.ran && !is_asleep(worker_.process());
  if (machine_gave_time(account.waited - entered_.waited, limit) && !waits) return "";
  return ", of which the process that plays it waited for a CPU";
}

std::optional<ScenarioResult> StageProcess::lose(const std::string& reason, Verdict verdict) {
  const bool owed_result = owes_result(state_);
  kill_and_reap();
  if (!owed_result) return std::nullopt;
  return lost_result(reason, verdict);
}

ScenarioResult StageProcess::lost_result(const std::string& reason, Verdict verdict) const {
  const Play& play = setting_.play(order_);
  return unplayed_result(*play.scenario, play.repeat, verdict, reason);
}

int StageProcess::kill_and_reap() {
  const int status = worker_.end();
  enter(State::ended);
  return status;
}

}  // namespace wireproof
