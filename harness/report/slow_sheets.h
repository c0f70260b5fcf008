#pragma once

#include <string>

#include "result/run_result.h"

namespace wireproof {

// A sheet that takes longer is said to be slow.
constexpr std::chrono::milliseconds kSlowSheet{500};

// Where the time of slow sheets goes: a table with the steps that took most of it, and what came
// behind the last step (the ends of connections, the capture's own). Empty when none is slow.
std::string render_slow_sheets(const RunResult& run);

}  // namespace wireproof
