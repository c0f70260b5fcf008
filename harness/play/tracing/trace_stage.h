#pragma once

#include "base/system/unique_fd.h"
#include "play/tracing/trace_run.h"

namespace wireproof {

// One run as its stage process gets it. The request outlives the stage.
struct TraceTask {
  const TraceRequest* request = nullptr;
  bool sends_calls = false;  // as they come, not only at the end
};

// What the process of a run does: enters its network, opens the capture and the tracer, runs the
// programs, sends what it sees and at last its result or why there is none. Returns when nothing
// that it started is left. The process must have one thread.
void run_trace_stage(const TraceTask& task, const UniqueFd& link);

}  // namespace wireproof
