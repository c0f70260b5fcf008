#pragma once

namespace wireproof {

// What the program returns. 1, 5 and 130 come from the run's results too (session/run_result.h).
constexpr int kExitPassed = 0;
constexpr int kExitCheckFailed = 1;
constexpr int kExitUsage = 2;        // the command line is wrong
constexpr int kExitSheetWrong = 3;   // a sheet does not parse; nothing was run
constexpr int kExitCouldNotRun = 4;  // the system refused, or the evidence is unsound
constexpr int kExitNothingSelected = 5;

}  // namespace wireproof
