#include "catch.h"
#include "report/report.h"
#include "report/sample_run.h"
#include "support/golden.h"

namespace wireproof {

namespace {

std::filesystem::path golden(const std::string& name) {
  return std::filesystem::path(WIREPROOF_SOURCE_DIR) / "tests/golden/report/text" / name;
}

std::string render_all(Style style, bool verbose) {
  const RunResult run = sample_run();
  std::string text;
  for (const ScenarioSummary& scenario : run.scenarios) {
    text += render_text_line(scenario, style) + render_text_details(scenario, style, verbose);
  }
  return text + render_text_summary(run, style);
}

}  // namespace

TEST_CASE("the text report shows every verdict, why, and the counts", "[report]") {
  const std::string text = render_all(Style::plain, false);
  CHECK(text == expect_golden(golden("expected.txt"), text));
}

TEST_CASE("the verbose text report adds checks, steps and the packet table", "[report]") {
  const std::string text = render_all(Style::plain, true);
  CHECK(text == expect_golden(golden("expected.verbose.txt"), text));
}

TEST_CASE("colours are the only difference of the coloured report", "[report]") {
  std::string colored = render_all(Style::color, true);
  CHECK(colored.find("\x1b[32mPASS") != std::string::npos);
  for (std::size_t at = 0; (at = colored.find('\x1b')) != std::string::npos;) {
    colored.erase(at, colored.find('m', at) - at + 1);
  }
  CHECK(colored == render_all(Style::plain, true));
}

TEST_CASE("output of the server never reaches the terminal as control bytes", "[report]") {
  CHECK(render_all(Style::plain, true).find('\x1b') == std::string::npos);
}

TEST_CASE("without a capture the line of a scenario says so", "[report]") {
  ScenarioSummary scenario;
  scenario.result.verdict = Verdict::pass;
  scenario.result.id = "a";
  CHECK(render_text_line(scenario, Style::plain).find("no capture") != std::string::npos);
}

}  // namespace wireproof
