#include "play/client/step_play.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cassert>
#include <exception>

#include "base/system/deadline.h"
#include "play/client/actor_step.h"
#include "sheet/session/step_traits.h"

namespace wireproof {

Endpoint actor_endpoint(std::uint64_t number, const std::optional<IpAddress>& net) {
  constexpr std::uint64_t kAddressesPerBlock = 250;
  const std::uint64_t block = (number - 1) / kAddressesPerBlock;
  const std::uint64_t in_block = (number - 1) % kAddressesPerBlock;
  Endpoint endpoint;
  if (net) endpoint.address = *net;
  endpoint.address.bytes[0] = 127;
  endpoint.address.bytes[1] += static_cast<std::uint8_t>(block >> 8);
  endpoint.address.bytes[2] += static_cast<std::uint8_t>(block);
  endpoint.address.bytes[3] = static_cast<std::uint8_t>(in_block + (block == 0 ? 2 : 1));
  return endpoint;
}

namespace {

namespace asio = boost::asio;

using Clock = std::chrono::steady_clock;

// The coroutine of one actor's step; all arguments live until it has ended.
asio::awaitable<void> run_step(StepPlay& play, const Step& step, const StepSetting& setting) {
  ClientSocket& socket = play.actor->socket;
  ClientProgram& program = play.actor->program;
  const ActorKind needs = step_traits(step.action).needs;
  play.started = Clock::now();
  if (needs == ActorKind::socket && !socket.is_open()) {
    play.outcome =
        StepOutcome::failed(socket.serves() ? "this actor has no connection: `accept` comes first"
                                            : "this actor is not connected: `connect` comes first");
  } else if (needs == ActorKind::listener && !setting.listener->is_open()) {
    play.outcome = StepOutcome::failed("this actor does not listen: `listen PORT` comes first");
  } else if (needs == ActorKind::program && !program.is_started()) {
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

constexpr Duration kFirstPause = std::chrono::milliseconds(1);
constexpr Duration kLastPause = std::chrono::milliseconds(20);

void run_for(boost::asio::io_context& context, Duration pause) {
  bool is_over = false;
  boost::asio::steady_timer timer(context, pause);
  timer.async_wait([&is_over](const boost::system::error_code&) { is_over = true; });
  if (context.stopped()) context.restart();
  while (!is_over) context.run_one();
}

}  // namespace

std::vector<ActorPlan> plan_actors(const Scenario& scenario, const PlayOptions& options) {
  const Transport transport = transport_of(scenario.front, options.tcp_port != 0);
  const std::vector<ListeningActor> listening =
      listening_actors(*scenario.session, scenario.front.transport);
  const std::vector<Step>& steps = scenario.session->steps;
  const auto is_of = [](const Step& step, const SheetActor& who) {
    return step.actor == who.name || (who.in_group && step.actor == kGroupName);
  };
  std::vector<ActorPlan> actors;
  for (SheetActor& who : session_actors(*scenario.session)) {
    ActorPlan actor;
    actor.who = std::move(who);
    ConnectPlan& connect = actor.connect;
    connect.tcp = !uses_udp(transport, actor.who.name);
    connect.remote = {options.server, connect.tcp ? options.tcp_port : options.udp_port};
    connect.is_answered_from_other_port = !connect.tcp && any_step(steps, [&](const Step& step) {
      return step_traits(step.action).from_another_port && is_of(step, actor.who);
    });
    if (options.own_client_addresses && options.server.version == IpVersion::v4) {
      connect.local = actor_endpoint(actor.who.number, options.client_net);
    } else if (options.client_address) {
      connect.local = Endpoint{*options.client_address, 0};
    }
    const auto listens = std::ranges::find(listening, actor.who.name, &ListeningActor::name);
    if (listens != listening.end()) actor.listens = *listens;
    actors.push_back(std::move(actor));
  }
  return actors;
}

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
    settings.push_back({scenario.layouts, plan.connect, limit, &play.listener->listener,
                        !plan.listens || plan.listens->tcp, scenario.path.parent_path()});
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

CaptureWatch::CaptureWatch(boost::asio::io_context& context, int fd,
                           std::function<void()> on_readable)
    : on_readable_(std::move(on_readable)) {
  if (fd < 0 || !on_readable_) return;
  descriptor_.emplace(context, fd);
  wait();
}

CaptureWatch::~CaptureWatch() {
  if (descriptor_) descriptor_->release();
}

void CaptureWatch::wait() {
  descriptor_->async_wait(boost::asio::posix::descriptor_base::wait_read,
                          [this](const boost::system::error_code& error) {
                            if (error) return;
                            try {
                              on_readable_();
                            } catch (const std::exception& exception) {
                              error_ = exception.what();
                              return;
                            }
                            wait();
                          });
}

bool await_settled(boost::asio::io_context& context, Duration limit,
                   const std::function<bool()>& look) {
  const Deadline deadline(limit);
  for (Duration pause = kFirstPause; !look(); pause = std::min(pause * 2, kLastPause)) {
    if (deadline.is_over()) return false;
    run_for(context, std::min(pause, deadline.left()));
  }
  return true;
}

}  // namespace wireproof
