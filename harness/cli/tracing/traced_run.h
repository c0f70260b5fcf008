#pragma once

#include <functional>

#include "result/trace_result.h"

namespace wireproof {

// Prints a row for each packet of a traced run as soon as it has come, on standard error. A call
// that is not known yet stands in parentheses; the table at the end has it.
std::function<void(const TraceResult&)> follow_packets();

// What the program returns after a traced run (verdict.h); says on standard error why a table
// proves nothing.
int exit_code_of(const TraceResult& result, const TraceAnalysis& analysis);

}  // namespace wireproof
