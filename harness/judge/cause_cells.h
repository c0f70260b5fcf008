#pragma once

#include <string>
#include <vector>

#include "base/text/diagnostic.h"
#include "expect/cause/cause.h"
#include "expect/match/row.h"

namespace wireproof {

// A Cause or Blocked cell that names another call than the one that was joined to the packet.
struct CellFailure {
  std::string column;
  Diagnostic diagnostic;  // without a place
  Level level = Level::must;
};

// Compares the names of calls alone; what was inferred from packets is judged as should (calls.md).
// An empty cell and `*` take any call.
std::vector<CellFailure> judge_cause_cells(const Row& row, const Cause& cause);

}  // namespace wireproof
