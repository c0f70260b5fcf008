#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "expect/match/row.h"
#include "result/verdict.h"

namespace wireproof {

// A row of a table of calls, as it was met.
struct CallRowResult {
  std::size_t number = 0;  // of the table's rows, from 1
  std::string call;        // as the sheet writes it: "listen listener backlog=5"
  Level level = Level::must;
  Verdict verdict = Verdict::pass;  // pass, fail
  // By the call at that index of the scenario's calls, once for each connection that the table is
  // about; of a row `…`, those that it stands for.
  std::vector<std::size_t> met_by;

  bool operator==(const CallRowResult&) const = default;
};

}  // namespace wireproof
