#pragma once

#include "packets/capture/watched_capture.h"
#include "packets/flow/tcp_connection.h"
#include "result/run_result.h"

namespace wireproof {

// What a capture that has ended is worth (capture.md).
Soundness judge_soundness(const CaptureCounts& counts);

// Adds what the streams themselves show to be missing from a capture: bytes that were
// acknowledged but never captured, packets that were cut. Live and offline, a hole or a cut
// payload makes packet tables unjudgeable (capture.md).
void add_stream_faults(const Conversations& conversations, Soundness& soundness);

// Whether a saved capture ends, or was cut, while the connection was open: neither end closed or
// reset it. What is missing behind its last packet nobody can blame on an end.
bool is_cut_off(const TcpConnection& connection);
std::string render_cut_off(const TcpConnection& connection);

}  // namespace wireproof
