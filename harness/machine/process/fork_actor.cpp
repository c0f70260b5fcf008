#include "machine/process/fork_actor.h"

namespace wireproof {

pid_t fork_actor(const TraceTarget& actor, const ActorPlace& place, const Fork& fork,
                 const std::function<int()>& body) {
  // A traced child waits until this process has told the tracer of it, and so must not hold it up.
  const Fork way = place.tracer == nullptr ? fork : fork_process;
  const Fork here = [&](const std::function<int()>& child) {
    return place.sandbox == nullptr ? way(child) : place.sandbox->start(way, child);
  };
  return place.tracer == nullptr ? here(body) : place.tracer->start(actor, body, here);
}

}  // namespace wireproof
