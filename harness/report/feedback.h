#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/findings.h"
#include "result/gradebook.h"
#include "result/run_result.h"
#include "result/signature.h"

namespace wireproof {

// How much a student is told of what is wrong.
enum class Hints : std::uint8_t {
  observed,   // 0: what was seen and what was expected, and in which sheet
  explained,  // 1: and why it happens
  advised,    // 2: and how to mend it, with all that the sheet says
};

// Feedback on a server in plain words: what is wrong, the most fundamental first, with all that may
// follow from it folded under it. Empty when nothing failed. `known` are the faults of the
// reference server whose sheets were played.
std::string render_feedback_text(const RunResult& run, const Signatures& known, Hints hints);

// The same as values: a headline and its cause for each thing.
std::vector<GradedThing> list_things(const std::vector<Finding>& findings);

// The same as a Markdown document, with the verdicts and the points.
std::string render_feedback_markdown(const RunResult& run, const Signatures& known, Hints hints);

}  // namespace wireproof
