#include <nlohmann/json.hpp>

#include "report/formats/format.h"
#include "report/formats/graded_tests.h"
#include "report/safe_text.h"

namespace wireproof {
namespace {

using Json = nlohmann::ordered_json;
using Outcome = GradedTest::Outcome;

std::string name_of(const GradedTest& test) {
  const std::string title = one_line(test.result->title);
  return one_line(test.result->id) + (title.empty() ? "" : ": " + title);
}

Json gradescope_test(const GradedTest& test, std::size_t number) {
  Json json{
      {"name", name_of(test)},    {"name_format", "text"},   {"number", std::to_string(number)},
      {"output", describe(test)}, {"output_format", "text"}, {"tags", test.result->tags},
      {"visibility", "visible"}};
  // One without a score is told, and counts for nothing.
  if (test.max_points > 0) {
    json["score"] = test.points;
    json["max_score"] = test.max_points;
  }
  if (test.outcome == Outcome::passed || test.outcome == Outcome::failed) {
    json["status"] = test.outcome == Outcome::passed ? "passed" : "failed";
  }
  return json;
}

}  // namespace

std::string render_gradescope(const ReportInput& input) {
  const Grading grading = grade_run(input.run);
  Json tests = Json::array();
  std::size_t passed = 0;
  for (const GradedTest& test : grading.tests) {
    tests.push_back(gradescope_test(test, tests.size() + 1));
    if (test.outcome == Outcome::passed) ++passed;
  }
  const Json report{{"output", tell_all(input, grading)},
                    {"output_format", "text"},
                    {"test_output_format", "text"},
                    {"test_name_format", "text"},
                    {"execution_time", std::chrono::duration<double>(input.run.lasted).count()},
                    {"visibility", "visible"},
                    {"stdout_visibility", "hidden"},
                    {"tests", tests},
                    {"leaderboard", Json::array({{{"name", "Sheets passed"}, {"value", passed}}})},
                    {"extra_data",
                     {{"wireproof",
                       {{"version", input.run.version},
                        {"points", grading.points},
                        {"max_points", grading.max_points},
                        {"judged", grading.is_whole}}}}}};
  return report.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wireproof
