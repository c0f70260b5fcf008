#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/findings.h"

namespace wireproof {

// One mistake has several faces: what findings have to do with each other.

// Whether a sheet of the finding has the message, but for the client that met it.
bool has_place_like(const Finding& finding, const std::string& message);

// Counts what follows from another finding, or looks just like it, with that one. What is only
// inferred from silence gives way to what was seen.
void join_findings(const RunResult& run, std::vector<Finding>& findings);

// The smaller, the sooner a finding is told: by what is wrong; of one kind first what has a cause,
// then what the exercise as set shows, then what most sheets show.
struct FindingRank {
  ExplanationKind kind = ExplanationKind::unknown;
  bool is_unknown = false;
  bool is_beyond = false;     // the exercise
  std::ptrdiff_t places = 0;  // their number, negative
  std::size_t fundamental = 0;

  auto operator<=>(const FindingRank&) const = default;
};
FindingRank rank_of(const Finding& finding, const std::vector<Finding>& findings);

}  // namespace wireproof
