#include "judge/traffic/soundness.h"

namespace wireproof {

Soundness judge_soundness(const CaptureCounts& counts) {
  Soundness soundness;
  soundness.captured = true;
  soundness.delivered = counts.delivered;
  soundness.received = counts.received;
  soundness.dropped = counts.dropped;
  soundness.start_marker = counts.start_marker;
  soundness.end_marker = counts.end_marker;
  soundness.faults = find_capture_faults(counts);
  return soundness;
}

}  // namespace wireproof
