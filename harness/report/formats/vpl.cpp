#include <fmt/format.h>

#include <cstdlib>

#include "report/formats/format.h"
#include "report/formats/graded_tests.h"
#include "report/safe_text.h"

namespace wireproof {

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
