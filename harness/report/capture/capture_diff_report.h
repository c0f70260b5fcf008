#pragma once

#include <string>

#include "judge/story/capture_diff.h"

namespace wireproof {

// In what two captures, A and B, differ: how many conversations do, then of each a line that says
// the most fundamental, and below it all that differs. At most kShownDifferences are shown.
constexpr std::size_t kShownDifferences = 20;
std::string render_capture_diff(const CaptureDifference& difference);

// All of it, for programs (docs/captures.md).
std::string render_capture_diff_json(const CaptureDifference& difference, int exit_code);

}  // namespace wireproof
