#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "result/run_result.h"

namespace wireproof {

// A sheet as graders see it.
struct GradedTest {
  enum class Outcome : std::uint8_t {
    passed,
    failed,
    unjudged,   // INCONCLUSIVE, or ERROR: nothing is known of the program
    unweighed,  // SKIP, or beyond the level that decides: told, and worth nothing
  };
  const ScenarioResult* result = nullptr;
  Outcome outcome = Outcome::passed;
  double points = 0;      // earned
  double max_points = 0;  // 0 of what is not judged or not weighed
};

// All points of a run, shared as in a gradebook (grade_sheet): a sheet without any is worth one.
struct Grading {
  std::vector<GradedTest> tests;  // one for each sheet
  double points = 0;
  double max_points = 0;
  bool is_whole = true;  // every sheet that counts was judged
};
Grading grade_run(const RunResult& run);

// The verdict, and why.
std::string describe(const GradedTest& test);

}  // namespace wireproof
