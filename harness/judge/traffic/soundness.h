#pragma once

#include "packets/capture/watched_capture.h"
#include "result/run_result.h"

namespace wireproof {

// What a capture that has ended is worth (capture.md).
Soundness judge_soundness(const CaptureCounts& counts);

}  // namespace wireproof
