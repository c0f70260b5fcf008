#include "play/client/step_play.h"

#include <boost/asio/co_spawn.hpp>
#include <cassert>
#include <exception>

#include "play/client/actor_step.h"

namespace wireproof {
namespace {

namespace asio = boost::asio;

using Clock = std::chrono::steady_clock;

template <class... Kinds>
bool is_one_of(const StepAction& action) {
  return (std::holds_alternative<Kinds>(action) || ...);
}

bool needs_socket(const StepAction& action) {
  return is_one_of<StepSend, StepRecvMessage, StepRecvCount, StepRecvUntil, StepRecvPattern,
                   StepRecvEof, StepRecvReset, StepRecvNothing, StepShutdown, StepClose, StepAbort>(
      action);
}

bool needs_program(const StepAction& action) {
  return is_one_of<StepType, StepPrints, StepExits>(action);
}

// The coroutine of one actor's step; all arguments live until it has ended.
asio::awaitable<void> run_step(StepPlay& play, const Step& step, const StepSetting& setting) {
  ClientSocket& socket = play.actor->socket;
  ClientProgram& program = play.actor->program;
  play.started = Clock::now();
  if (needs_socket(step.action) && !socket.is_open()) {
    play.outcome = StepOutcome::failed("this actor is not connected: `connect` comes first");
  } else if (needs_program(step.action) && !program.is_started()) {
    play.outcome = StepOutcome::failed("this actor runs no program: `run` comes first");
  } else {
    ActorStep actor_step(socket, program, play.variables, setting);
    socket.start_time_limit(setting.limit);
    play.outcome = co_await std::visit(actor_step, step.action);
    socket.end_time_limit();
  }
  play.ended = Clock::now();
}

// `refused` is met by the connect before it, which left its refusal pending.
void meet_refusal(StepPlay& play) {
  play.actor->pending.reset();
  play.started = play.ended = Clock::now();
  play.outcome = StepOutcome::met("connection refused");
  if (play.actor->socket.is_tcp()) play.actor->socket.close();
}

}  // namespace

void play_at_once(asio::io_context& context, std::deque<StepPlay>& plays, const Step& step,
                  const Scenario& scenario, Duration limit) {
  std::deque<StepSetting> settings;
  std::size_t running = 0;
  std::exception_ptr system_refusal;
  const auto on_end = [&running, &system_refusal](const std::exception_ptr& error) {
    --running;
    if (error && !system_refusal) system_refusal = error;
  };
  for (StepPlay& play : plays) {
    if (play.actor->pending) {
      meet_refusal(play);
      continue;
    }
    const ActorPlan& plan = play.actor->plan;
    settings.push_back({scenario.layouts,
                        {plan.tcp, plan.local, plan.server},
                        limit,
                        scenario.path.parent_path()});
    ++running;
    asio::co_spawn(context, run_step(play, step, settings.back()), on_end);
  }
  if (context.stopped()) context.restart();
  while (running > 0) {
    [[maybe_unused]] const std::size_t ran = context.run_one();
    assert(ran > 0);
  }
  if (system_refusal) std::rethrow_exception(system_refusal);
}

}  // namespace wireproof
