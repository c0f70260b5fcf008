#include <cmath>
#include <nlohmann/json.hpp>
#include <regex>

#include "report/formats/format.h"
#include "report/formats/graded_tests.h"
#include "report/safe_text.h"

namespace wireproof {
namespace {

using Json = nlohmann::ordered_json;

// The points of Classroom 50 are whole numbers: the least factor that makes all of them whole, or
// thousandths.
double find_scale(const Grading& grading) {
  constexpr double kThousandths = 1000;
  const auto is_whole = [](double value) {
    constexpr double kExact = 1e-9;
    return std::abs(value - std::round(value)) < kExact;
  };
  for (const double factor : {1., 2., 3., 4., 5., 6., 8., 10., 12., 20., 24., 60., 100., 120.}) {
    bool fits = true;
    for (const GradedTest& test : grading.tests) {
      fits = fits && is_whole(test.points * factor) && is_whole(test.max_points * factor);
    }
    if (fits) return factor;
  }
  return kThousandths;
}

std::string known_or(const ReportInput& input, const char* name, const char* other) {
  const std::string value = input.environment(name);
  return value.empty() ? other : one_line(value);
}

}  // namespace

// classroom50/result/v1: whole numbers, and no other members; what the run cannot know comes from
// the environment that its runner sets.
std::string render_classroom50(const ReportInput& input) {
  const Grading grading = grade_run(input.run);
  const double scale = find_scale(grading);
  const auto whole = [scale](double points) {
    return static_cast<std::int64_t>(std::llround(points * scale));
  };
  Json tests = Json::array();
  std::int64_t score = 0;
  std::int64_t max_score = 0;
  for (const GradedTest& test : grading.tests) {
    score += whole(test.points);
    max_score += whole(test.max_points);
    tests.push_back({{"test-name", one_line(test.result->id)},
                     {"passed", test.outcome == GradedTest::Outcome::passed},
                     {"score", whole(test.points)},
                     {"max-score", whole(test.max_points)},
                     {"message", describe(test)}});
  }
  static const std::regex kTime(R"(\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ)");
  const std::string given = input.environment("DATETIME");
  const std::string tag = input.environment("SUBMISSION_TAG");
  const std::string type = input.environment("ASSIGNMENT_TYPE");
  const Json report{
      {"schema", "classroom50/result/v1"},
      {"classroom", known_or(input, "CLASSROOM", "unknown")},
      {"assignment", known_or(input, "ASSIGNMENT", "unknown")},
      {"assignment_type", type == "group" ? "group" : "individual"},
      {"owner", known_or(input, "OWNER", "unknown")},
      {"submission", tag.starts_with("submit/") ? one_line(tag) : "submit/unknown"},
      {"commit", known_or(input, "COMMIT_URL", "unknown")},
      {"release", known_or(input, "RELEASE_URL", "unknown")},
      {"review", known_or(input, "REVIEW_URL", "unknown")},
      {"datetime",
       std::regex_match(given, kTime) ? given : render_date_time(input.run.started) + "Z"},
      {"score", score},
      {"max-score", max_score},
      {"tests", tests}};
  return report.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wireproof
