#pragma once

#include <cstdint>
#include <string>

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

}  // namespace wireproof
