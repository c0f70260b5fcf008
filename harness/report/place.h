#pragma once

#include <cstddef>

#include "result/run_result.h"

namespace wireproof {

// The line of the sheet, from 1, that the first failure points at; 1 when none has a place.
std::size_t first_line_of(const ScenarioResult& result);

}  // namespace wireproof
