#pragma once

#include "result/run_result.h"

namespace wireproof {

// A run with one scenario of every kind that reports treat differently, and hostile text in it.
RunResult sample_run();

}  // namespace wireproof
