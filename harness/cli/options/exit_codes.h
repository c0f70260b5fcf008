#pragma once

#include "result/verdict.h"

namespace wireproof {

// What the program returns besides what its results say.
constexpr int kExitUsage = 2;       // the command line is wrong
constexpr int kExitSheetWrong = 3;  // a sheet does not parse; nothing was run

}  // namespace wireproof
