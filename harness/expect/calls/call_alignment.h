#pragma once

#include <span>

#include "expect/calls/call_events.h"
#include "expect/calls/match_calls.h"

namespace wireproof {

// What is wrong where there is no layout: each socket's rows against its calls in the order of
// their entries, with as few rows missing and calls left over as possible. It decides nothing:
// between threads that order is one of several. `furthest` is told where it finds nothing wrong.
CallMatch align_calls(std::span<const CallRow> rows, std::span<const CallEvent> events,
                      std::size_t furthest);

}  // namespace wireproof
