#pragma once

#include <sys/types.h>

#include <functional>

#include "machine/host/sandbox.h"
#include "machine/trace/tracer.h"

namespace wireproof {

// Where a process is started: both may be null.
struct ActorPlace {
  Tracer* tracer = nullptr;
  const Sandbox* sandbox = nullptr;
};

// Forks a process that runs `body` and ends with its result as exit code: by `fork`, which may be
// vfork_process, but under trace by fork_process. Throws SystemError.
pid_t fork_actor(const TraceTarget& actor, const ActorPlace& place, const Fork& fork,
                 const std::function<int()>& body);

}  // namespace wireproof
