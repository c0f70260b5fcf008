#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "result/explanation.h"
#include "result/run_result.h"

namespace wireproof {

// How much a student is told of what is wrong.
enum class Hints : std::uint8_t {
  observed,   // 0: what was seen, and in which sheet
  explained,  // 1: and why it happens
  advised,    // 2: and what was expected there, and how to mend it
};

// Feedback on a server in plain words: what is wrong, the most fundamental first, with all that may
// follow from it folded under it. Empty when nothing failed.
std::string render_feedback_text(const RunResult& run, Hints hints);

// The same as a Markdown document, with the verdicts and the points.
std::string render_feedback_markdown(const RunResult& run, Hints hints);

// Where a finding shows.
struct FindingPlace {
  std::string sheet;        // id
  std::string title;        // of the sheet
  std::string message;      // what was observed there
  std::string rendered;     // the whole message
  std::size_t further = 0;  // other messages of that sheet, which may follow from this one
  std::string said = {};    // what the server wrote that reads like an error; untrusted

  bool operator==(const FindingPlace&) const = default;
};

// One thing that is wrong with a server, however many sheets it makes fail.
struct Finding {
  ExplanationId explanation = ExplanationId::none;
  std::string why;  // in plain words
  std::vector<FindingPlace> places;

  bool operator==(const Finding&) const = default;
};

// What is wrong, the most fundamental first: a server that dies gives wrong answers, too. Of each
// sheet that failed one message counts, the first that has an explanation (one about the process
// before all), else its first; the others may follow from it. Sheets with the same explanation
// (without one: with a message that a sheet of the finding has, too) are one finding.
std::vector<Finding> find_findings(const RunResult& run);

}  // namespace wireproof
