#include "report/feedback.h"

#include "catch.h"

namespace wireproof {
namespace {

Diagnostic failure(const std::string& message, const std::string& cause = "") {
  Diagnostic diagnostic;
  diagnostic.message = message;
  if (cause.empty()) return diagnostic;
  diagnostic.explanation = find_explanation(cause).value();
  diagnostic.notes.push_back({"why", "because of " + cause});
  return diagnostic;
}

ScenarioSummary sheet(const std::string& id, const Diagnostics& failures) {
  ScenarioSummary summary;
  ScenarioResult& result = summary.result;
  result.id = id;
  result.title = "About " + id;
  result.verdict = failures.empty() ? Verdict::pass : Verdict::fail;
  for (const Diagnostic& one : failures) {
    result.failures.push_back({one, "error: " + one.message + "\n  --> " + id + "\n"});
  }
  return summary;
}

RunResult run_of(std::vector<ScenarioSummary> sheets) {
  RunResult run;
  run.scenarios = std::move(sheets);
  return run;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("sheets with the same cause are one finding", "[report]") {
  const RunResult run = run_of({sheet("a", {failure("a has no end", "close-wait")}), sheet("b", {}),
                                sheet("c", {failure("c has no end", "close-wait")})});
  const std::vector<Finding> findings = find_findings(run);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].why == "because of close-wait");
  REQUIRE(findings[0].places.size() == 2);
  CHECK(findings[0].places[1].sheet == "c");
}

TEST_CASE("without a known cause the same message makes one finding", "[report]") {
  const RunResult run = run_of({sheet("a", {failure("no answer")}), sheet("b", {failure("other")}),
                                sheet("c", {failure("no answer")})});
  const std::vector<Finding> findings = find_findings(run);
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].places.size() == 2);
}

TEST_CASE("what looks like a known cause elsewhere is counted with it", "[report]") {
  const RunResult run = run_of({sheet("a", {failure("c12: differs at 0")}),
                                sheet("b", {failure("differs at 0", "byte-order")}),
                                sheet("c", {failure("differs at 4")})});
  const std::vector<Finding> findings = find_findings(run);
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].explanation == ExplanationId::byte_order);
  CHECK(findings[0].places.size() == 2);
  CHECK(findings[1].places[0].sheet == "c");
}

TEST_CASE("a server that is there but not at one address is not missing", "[report]") {
  const ScenarioSummary missing = sheet("a", {failure("refused", "nothing-listens")});
  const ScenarioSummary wrong = sheet("b", {failure("wrong id", "wrong-id")});
  const std::vector<Finding> findings = find_findings(run_of({missing, wrong}));
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].explanation == ExplanationId::wrong_id);
}

TEST_CASE("the most fundamental cause comes first, of a sheet and of all", "[report]") {
  const RunResult run =
      run_of({sheet("a", {failure("wrong number", "byte-order")}),
              sheet("b", {failure("row 3 differs"), failure("short", "short-reply"),
                          failure("it died", "died-on-input")})});
  const std::vector<Finding> findings = find_findings(run);
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].explanation == ExplanationId::died_on_input);
  CHECK(findings[0].places[0].further == 2);
  CHECK(findings[1].explanation == ExplanationId::byte_order);
}

TEST_CASE("warnings and sheets that were not judged are no findings", "[report]") {
  Diagnostic warning = failure("a should");
  warning.severity = Severity::warning;
  ScenarioSummary open = sheet("b", {failure("no answer")});
  open.result.verdict = Verdict::inconclusive;
  CHECK(find_findings(run_of({sheet("a", {warning}), open})).empty());
  CHECK(render_feedback_text(run_of({sheet("a", {warning}), open}), Hints::advised).empty());
}

TEST_CASE("hints decide how much is given away", "[report]") {
  const RunResult run = run_of({sheet("a", {failure("it reset", "reset-abort"), failure("more")})});
  const auto render = GENERATE(render_feedback_text, render_feedback_markdown);
  const std::string observed = render(run, Hints::observed);
  CHECK(contains(observed, "1. it reset"));
  CHECK(contains(observed, "1 further message there may follow from it"));
  CHECK_FALSE(contains(observed, "because of"));
  const std::string explained = render(run, Hints::explained);
  CHECK(contains(explained, "because of reset-abort"));
  CHECK_FALSE(contains(explained, "SO_LINGER"));
  CHECK_FALSE(contains(explained, "--> a"));
  const std::string advised = render(run, Hints::advised);
  CHECK(contains(advised, "do not set SO"));
  CHECK(contains(advised, "--> a"));
}

TEST_CASE("what a server wrote cannot mark up its feedback", "[report]") {
  RunResult run = run_of({sheet("a", {failure("it sent <b>*bold*</b>")})});
  run.scenarios[0].result.failures[0].rendered = "error: ```\nit sent\n```\n";
  const std::string text = render_feedback_markdown(run, Hints::advised);
  CHECK(contains(text, "\\<b\\>\\*bold\\*"));
  CHECK(contains(text, "````text\n"));
}

}  // namespace wireproof
