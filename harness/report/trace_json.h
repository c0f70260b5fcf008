#pragma once

#include <string>

#include "result/trace_result.h"

namespace wireproof {

// Everything that is known of a traced run, as one JSON object: the packets with the calls that
// caused and took them, the calls with their packets, conversations, sockets, programs. Indexes
// into `packets` and `calls` count from 0, times are nanoseconds since 1970.
std::string render_trace_json(const TraceResult& result, const TraceAnalysis& analysis);

}  // namespace wireproof
