#pragma once

#include "packets/flow/tcp_connection.h"
#include "result/run_result.h"

namespace wireproof {

// capture.md: a hole or a cut payload makes packet tables unjudgeable, live and offline.
// Adds what the streams themselves show to be missing from a capture: bytes that were
// acknowledged but never captured, packets that were cut.
void add_stream_faults(const Conversations& conversations, Soundness& soundness);

}  // namespace wireproof
