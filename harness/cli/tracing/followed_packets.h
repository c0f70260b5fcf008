#pragma once

#include <functional>

#include "result/trace_result.h"

namespace wireproof {

// Prints a row for each packet of a traced run as soon as it has come, on standard error. A call
// that is not known yet stands in parentheses; the table at the end has it.
std::function<void(const TraceResult&)> follow_packets();

}  // namespace wireproof
