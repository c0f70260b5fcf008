#pragma once

#include <functional>
#include <string>

#include "expect/match/row.h"
#include "result/run_result.h"

namespace wireproof {

// Takes out of a result what a hidden test keeps to itself, so that no report can tell it.
// `observed`: what came is left (packets, calls, sockets, output, and what a message says was
// received), and what the sheet expects goes: steps and rows as they are written, what messages say
// of them, where the two differ, and causes, which are told from that. `verdict`: verdicts and
// points of the sheet and of its sections are left, and of an ERROR or a SKIP the reason.
void conceal(ScenarioResult& result, Reveal reveal);
// Of each sheet as `reveal_of` says of its id.
void conceal(RunResult& run, const std::function<Reveal(const std::string& id)>& reveal_of);

}  // namespace wireproof
