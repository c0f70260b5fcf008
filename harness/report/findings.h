#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "result/run_result.h"

namespace wireproof {

// Where a finding shows.
struct FindingPlace {
  std::string sheet;        // id
  std::string title;        // of the sheet
  std::string message;      // what was observed there
  std::string rendered;     // the whole message
  std::size_t further = 0;  // other messages of that sheet, which may follow from this one

  bool operator==(const FindingPlace&) const = default;
};

// One thing that is wrong with a server, however many sheets it makes fail.
struct Finding {
  std::string explanation;  // id in the catalogue of causes; empty: the cause is not known
  std::string why;          // in plain words
  std::vector<FindingPlace> places;

  bool operator==(const Finding&) const = default;
};

// What is wrong, the most fundamental first: a server that dies gives wrong answers, too. Of each
// sheet that failed one message counts, the first that has an explanation (one about the process
// before all), else its first; the others may follow from it. Sheets with the same explanation
// (without one: with a message that a sheet of the finding has, too) are one finding.
std::vector<Finding> find_findings(const RunResult& run);

// How a student may mend the cause: which call to look at, and what it has to do. Empty for an id
// that is not in the catalogue.
std::string_view advice_for(std::string_view explanation);

// The smaller, the more it hides: 0 for a server that is not there. Unknown causes come last.
std::size_t fundamental_rank(std::string_view explanation);
// Whether the server is not there, has died or is busy: whatever else it does wrong follows.
bool is_about_process(std::string_view explanation);

}  // namespace wireproof
