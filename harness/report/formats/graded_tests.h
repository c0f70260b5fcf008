#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/formats/format.h"
#include "result/run_result.h"

namespace wireproof {

// A sheet as graders see it.
struct GradedTest {
  enum class Outcome : std::uint8_t {
    passed,
    failed,
    unjudged,   // INCONCLUSIVE, or an ERROR that is not the program's: nothing is known of it
    unweighed,  // SKIP (but not where the server is gone), or beyond the level that decides: worth
                // nothing
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
  bool is_whole = true;  // every sheet that counts was judged, and the run was not interrupted
};
Grading grade_run(const RunResult& run);

// The verdict, and why.
std::string describe(const GradedTest& test);
// What was not judged, and why; empty: all was.
std::string tell_unjudged(const RunResult& run, const Grading& grading);
// All that there is to say to the program's author, as plain text of at most 64 KiB.
std::string tell_all(const ReportInput& input, const Grading& grading);

}  // namespace wireproof
