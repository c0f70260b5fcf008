#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "base/text/time.h"
#include "machine/process/client_program.h"
#include "play/client/client_socket.h"
#include "play/client/player.h"
#include "play/client/step_outcome.h"
#include "sheet/scenario.h"

namespace wireproof {

// Who plays a session, and from and to where.
struct ActorPlan {
  SheetActor who;
  ConnectPlan connect;
  std::optional<ListeningActor> listens;  // of an actor that does
};

// The actors of a sheet in the order of their numbers, by the rules of player.h.
std::vector<ActorPlan> plan_actors(const Scenario& scenario, const PlayOptions& options);

// A failure that the actor's next step turns into what the sheet wants if it is `refused`.
struct PendingRefusal {
  StepFailure failure;
  std::size_t step_result = 0;  // index of what was recorded for the refused step
};

// One client of a session as it plays.
struct Actor {
  Actor(ActorPlan actor_plan, boost::asio::io_context& context, CallLog& log,
        const PlayOptions& options)
      : plan(std::move(actor_plan)),
        socket(context, plan.who.name, log),
        listener(context, plan.who.name, log),
        program(context, options.tracer, options.sandbox, plan.who.name) {}

  ActorPlan plan;
  ClientSocket socket;
  ClientSocket listener;  // where the actor listens
  ClientProgram program;  // the actor's, where it is one
  Variables variables;    // its own memory of `field=?name`, before the session's
  std::optional<PendingRefusal> pending;
  bool ended = false;  // a step failed
};

// One actor's playing of one step.
struct StepPlay {
  Actor* actor = nullptr;     // not owned; null for the server
  Actor* listener = nullptr;  // not owned; of `accept from` who listens, else the actor
  Variables variables;        // what the step may use; what it remembers is added
  StepOutcome outcome;
  std::chrono::steady_clock::time_point started{};
  std::chrono::steady_clock::time_point ended{};
};

// Plays a step for all these actors at once and returns when all have ended. They start in the
// given order, so that their SYNs leave in it. Throws what the system refuses.
void play_at_once(boost::asio::io_context& context, std::deque<StepPlay>& plays, const Step& step,
                  const Scenario& scenario, Duration limit);

// Calls `on_readable` each time the capture's descriptor has packets while the context runs. The
// descriptor stays the caller's: it is released, never closed.
class CaptureWatch {
 public:
  // A descriptor of -1: watches nothing.
  CaptureWatch(boost::asio::io_context& context, int fd, std::function<void()> on_readable);
  CaptureWatch(const CaptureWatch&) = delete;
  CaptureWatch& operator=(const CaptureWatch&) = delete;
  ~CaptureWatch();

  // What `on_readable` threw; watching has ended then. Empty: nothing.
  const std::string& error() const { return error_; }

 private:
  void wait();

  std::optional<boost::asio::posix::stream_descriptor> descriptor_;
  std::function<void()> on_readable_;
  std::string error_;
};

// Looks until `look` says true, at once and then again and again with growing pauses, at most for
// `limit`. For what the kernel reports only when asked. Meanwhile the context runs, so that the
// capture is drained. False: the limit came first.
bool await_settled(boost::asio::io_context& context, Duration limit,
                   const std::function<bool()>& look);

}  // namespace wireproof
