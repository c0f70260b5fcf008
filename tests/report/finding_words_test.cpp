#include "catch.h"
#include "report/failed_sheets.h"
#include "report/feedback.h"
#include "report/findings.h"
#include "support/contains.h"

namespace wireproof {

TEST_CASE("without a known cause the same words with other numbers make one finding", "[report]") {
  const auto count = [](const std::string& one, const std::string& other) {
    return find_findings(run_of({sheet("a", {unknown("differs at 2", one)}),
                                 sheet("b", {unknown("differs at 5", other)})}),
                         {})
        .size();
  };
  CHECK(count("2 and 3 are exchanged", "15 and 16 are exchanged") == 1);
  CHECK(count("2 and 3 are exchanged", "2 and 3 are missing") == 2);
  CHECK(count("", "") == 2);
}

TEST_CASE("who answers at once elsewhere takes what had come for unfinished", "[report]") {
  const Symptom silence{CheckKind::session, 2, Mismatch::nothing, ""};
  const Signatures known{{"readline", ExplanationId::waits_for_end, {{"one", silence}}}};
  std::vector<ScenarioSummary> sheets{sheet("chunk", {failure("no answer", "waits-for-end")}),
                                      sheet("one", {})};
  sheets.front().result.symptoms = {Symptom{CheckKind::session, 3, Mismatch::nothing, ""}};
  const auto why = [&] { return find_findings(run_of(sheets), known).front().why; };
  CHECK(contains(why(), "other messages are answered at once"));
  sheets.pop_back();
  CHECK(why() == "because of waits-for-end");
}

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
