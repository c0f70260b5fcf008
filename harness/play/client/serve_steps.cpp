// The steps of the server's part.
#include <fmt/format.h>

#include <boost/asio/awaitable.hpp>

#include "base/text/bytes.h"
#include "play/client/actor_step.h"

namespace wireproof {

ActorStep::Outcome ActorStep::operator()(const StepListen& step) {
  ClientSocket& listener = *setting_.listener;
  if (listener.is_open()) co_return StepOutcome::failed("this actor listens already");
  listener.listen(setting_.listens_tcp, {setting_.plan.remote.address, step.port});
  co_return StepOutcome::met(fmt::format("{} {}", setting_.listens_tcp ? "TCP" : "UDP",
                                         render_endpoint(listener.local())));
}

ActorStep::Outcome ActorStep::operator()(const StepAccept& step) {
  ClientSocket& listener = *setting_.listener;
  if (socket_.is_open()) {
    co_return StepOutcome::failed("this actor has a connection already: `close` comes first");
  }
  if (!listener.is_open()) {
    co_return StepOutcome::failed((step.from.empty() ? "this actor" : step.from) +
                                  " does not listen: `listen PORT` comes first");
  }
  socket_.start_time_limit(setting_.limit);
  const IoResult result = co_await socket_.accept(listener);
  const std::string place = render_endpoint(listener.local());
  if (!result.timed_out) {
    co_return StepOutcome::met(
        fmt::format("from {} on {}", render_endpoint(socket_.remote()), place));
  }
  const std::string what =
      listener.is_tcp() ? "connection came to" : "datagram of a new client came to";
  co_return failed_call(
      fmt::format("no {} {} within {}", what, place, render_duration(setting_.limit)), result);
}

ActorStep::Outcome ActorStep::operator()(const StepRefuse&) {
  setting_.listener->close();
  co_return StepOutcome::met("");
}

}  // namespace wireproof
