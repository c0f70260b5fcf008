#include "catch.h"
#include "report/failed_sheets.h"
#include "report/feedback.h"
#include "report/findings.h"
#include "support/contains.h"

namespace wireproof {

TEST_CASE("what a program printed is shown line by line, the last ones where they are many",
          "[report]") {
  Diagnostic silent = failure("it did not print 20");
  silent.notes.push_back({"output", "6\n\tline 16: invalid"});
  const auto text = [&] {
    return render_feedback_text(run_of({sheet("a", {silent})}), {}, Hints::explained);
  };
  CHECK(contains(text(), "   output: 6\n            line 16: invalid\n"));
  silent.notes.back().text = "alpha\nbeta";
  for (int line = 1; line <= 11; ++line) silent.notes.back().text += "\nline";
  CHECK(contains(text(), "   output: … 1 line before\n           beta\n           line\n"));
  CHECK_FALSE(contains(text(), "alpha"));
}

}  // namespace wireproof
