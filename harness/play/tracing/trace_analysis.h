#pragma once

#include "result/trace_result.h"

namespace wireproof {

// Pure. Also good for a run that is still going on: what is not known yet is missing.
TraceAnalysis analyse_trace(const TraceResult& result);

}  // namespace wireproof
