#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/formats/format.h"
#include "report/formats/graded_tests.h"
#include "report/safe_text.h"

namespace wireproof {

// The only grader that knows a submission that could not be graded: no attempt is lost.
std::string render_prairielearn(const ReportInput& input) {
  const Grading grading = grade_run(input.run);
  const bool is_gradable = grading.is_whole && grading.max_points > 0;
  using Json = nlohmann::ordered_json;
  Json report{{"gradable", is_gradable}};
  if (is_gradable) {
    report["score"] = grading.points / grading.max_points;
  } else {
    report["format_errors"] = Json::array(
        {grading.is_whole ? "No sheet was judged." : tell_unjudged(input.run, grading)});
  }
  report["message"] = fmt::format("{:g} of {:g} points", grading.points, grading.max_points);
  report["output"] = tell_all(input, grading);
  report["tests"] = Json::array();
  for (const GradedTest& test : grading.tests) {
    if (test.max_points <= 0) continue;
    report["tests"].push_back({{"name", one_line(test.result->id)},
                               {"description", one_line(test.result->title)},
                               {"points", test.points},
                               {"max_points", test.max_points},
                               {"message", describe(test)}});
  }
  return report.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wireproof
