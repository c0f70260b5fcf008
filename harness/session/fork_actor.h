#pragma once

#include <sys/types.h>

#include <functional>

#include "host/sandbox.h"
#include "trace/tracer.h"

namespace wireproof {

// Forks a process that runs `body` and ends with its result as exit code: under trace where there
// is a tracer, one of the sandbox's processes where there is one (both may be null). Throws
// SystemError.
pid_t fork_actor(const TraceTarget& actor, Tracer* tracer, const Sandbox* sandbox,
                 const std::function<int()>& body);

}  // namespace wireproof
