#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <regex>

#include "base/text/bytes.h"
#include "report/formats/format.h"
#include "report/formats/graded_tests.h"
#include "report/safe_text.h"

// What graders read: the same tests and points, in the members of each.

namespace wireproof {
namespace {

using Json = nlohmann::ordered_json;
using Outcome = GradedTest::Outcome;

// PrairieLearn takes at most 1 MB; nobody reads as much.
constexpr std::size_t kMaxText = 65536;

std::string dump(const Json& json) {
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string shorten(std::string text) {
  if (text.size() <= kMaxText) return text;
  text.resize(kMaxText);
  return text + "\n… (the rest is left out)\n";
}

std::string tell_unjudged(const Grading& grading) {
  if (grading.is_whole) return "";
  std::string text = "Not judged, and without effect on the points:\n";
  for (const GradedTest& test : grading.tests) {
    if (test.outcome != Outcome::unjudged) continue;
    text += fmt::format("  {}: {}\n", one_line(test.result->id), message_of(*test.result));
  }
  return text;
}

std::string tell_all(const ReportInput& input, const Grading& grading) {
  const std::string wrong = input.things.empty() ? "Nothing wrong was found.\n" : input.things;
  return shorten(escape_control(wrong + tell_unjudged(grading)));
}

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

std::string render_gradescope(const ReportInput& input) {
  const Grading grading = grade_run(input.run);
  Json tests = Json::array();
  std::size_t passed = 0;
  for (const GradedTest& test : grading.tests) {
    tests.push_back(gradescope_test(test, tests.size() + 1));
    if (test.outcome == Outcome::passed) ++passed;
  }
  Json report{{"output", tell_all(input, grading)},
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
  return dump(report);
}

// The only grader that knows a submission that could not be graded: no attempt is lost.
std::string render_prairielearn(const ReportInput& input) {
  const Grading grading = grade_run(input.run);
  const bool is_gradable = grading.is_whole && grading.max_points > 0;
  Json report{{"gradable", is_gradable}};
  if (is_gradable) {
    report["score"] = grading.points / grading.max_points;
  } else {
    report["format_errors"] = Json::array(
        {escape_control(grading.is_whole ? "No sheet was judged." : tell_unjudged(grading))});
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
  return dump(report);
}

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
                     {"passed", is_good(test.result->verdict)},
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
  return dump(report);
}

// Moodle's Virtual Programming Lab: a comment, whose lines behind `>` are taken as they are, and
// the grade as the last line. Where something was not judged there is none.
std::string render_vpl(const ReportInput& input) {
  const Grading grading = grade_run(input.run);
  std::string text = "<|--\n" + indented(tell_all(input, grading), ">") + "--|>\n";
  if (!grading.is_whole || grading.max_points <= 0) return text;
  const std::string most = input.environment("VPL_GRADEMAX");
  char* end = nullptr;
  const double given = std::strtod(most.c_str(), &end);
  const double scale = end != most.c_str() && given > 0 ? given / grading.max_points : 1;
  return text + fmt::format("Grade :=>> {:g}\n", grading.points * scale);
}

}  // namespace wireproof
