#include "session/fork_actor.h"

#include "base/system_call.h"

namespace wireproof {

pid_t fork_actor(const TraceTarget& actor, Tracer* tracer, const Sandbox* sandbox,
                 const std::function<int()>& body) {
  Tracer::Fork fork = fork_process;
  if (sandbox != nullptr) {
    fork = [sandbox](const std::function<int()>& child) { return sandbox->start(child); };
  }
  return tracer == nullptr ? fork(body) : tracer->start(actor, body, fork);
}

}  // namespace wireproof
