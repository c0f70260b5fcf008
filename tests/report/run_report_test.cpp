#include "catch.h"
#include "report/report.h"
#include "report/sample_run.h"
#include "support/golden.h"

namespace wireproof {

using std::chrono_literals::operator""ms;

namespace {

std::string render_all(Style style, bool verbose) {
  const RunResult run = sample_run();
  std::string text;
  for (const ScenarioSummary& scenario : run.scenarios) {
    text += render_text_line(scenario, style) + render_text_details(scenario, style, verbose);
  }
  return text + "\n" + render_text_counts(run, style);
}

StepResult step(std::size_t line, const std::string& text, Duration started, Duration lasted) {
  StepResult result;
  result.actor = "client";
  result.text = text;
  result.line = line;
  result.started = started;
  result.lasted = lasted;
  return result;
}

RunResult run_of(Duration lasted) {
  ScenarioSummary summary;
  summary.result.id = "calc/slow";
  summary.result.lasted = lasted;
  summary.result.steps = {step(10, "connect", 0ms, 1ms), step(11, "recv eof", 1ms, 400ms),
                          step(12, "close", 401ms, 50ms)};
  RunResult run;
  run.scenarios.push_back(summary);
  return run;
}

}  // namespace

TEST_CASE("the text report shows every verdict, why, and the counts", "[report]") {
  const std::string text = render_all(Style::plain, false);
  CHECK(text == expect_golden(golden_file("report/text/expected.txt"), text));
}

TEST_CASE("the verbose text report adds checks, steps and the packet table", "[report]") {
  const std::string text = render_all(Style::plain, true);
  CHECK(text == expect_golden(golden_file("report/text/expected.verbose.txt"), text));
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

TEST_CASE("of what a server wrote the last lines are shown, with --verbose all", "[report]") {
  ScenarioSummary scenario;
  scenario.result.verdict = Verdict::error;
  for (int line = 1; line <= 21; ++line) {
    scenario.result.server_output += "line " + std::to_string(line) + "\n";
  }
  const std::string last = render_text_details(scenario, Style::plain, false);
  CHECK(
      last.starts_with("  server | … (1 line left out; --verbose shows all)\n"
                       "  server | line 2\n"));
  CHECK(last.ends_with("  server | line 21\n"));
  const std::string all = render_text_details(scenario, Style::plain, true);
  CHECK(all.starts_with("  server | line 1\n"));
  scenario.result.server_output.erase(0, scenario.result.server_output.find('\n') + 1);
  CHECK(render_text_details(scenario, Style::plain, false).starts_with("  server | line 2\n"));
}

TEST_CASE("points are those of the sheets that give some", "[report]") {
  RunResult run;
  run.scenarios.resize(2);
  for (ScenarioSummary& scenario : run.scenarios) scenario.result.verdict = Verdict::pass;
  CHECK(render_text_totals(run, Style::plain) == "2 PASS");
  run.scenarios[0].result.points = run.scenarios[0].result.max_points = 5;
  CHECK(render_text_totals(run, Style::plain) == "2 PASS, 5 of 5 points of 1 sheet");
  run.scenarios[1].result.max_points = 2;
  CHECK(render_text_totals(run, Style::plain) == "2 PASS, 5 of 7 points");
}

TEST_CASE("a sheet of at most half a second is not slow", "[report]") {
  CHECK(render_slow_sheets(run_of(500ms)).empty());
}

TEST_CASE("a slow sheet's time is given to its longest steps and to what came behind them",
          "[report]") {
  CHECK(render_slow_sheets(run_of(600ms)) ==
        "Slow sheet        Time  Where it went\n"
        "calc/slow   600.000 ms  in all\n"
        "            400.000 ms  line 11, client: recv eof\n"
        "            149.000 ms  after the last step\n"
        "\n");
}

TEST_CASE("what the machine could not give is said once, with the sandbox's walls", "[report]") {
  RunResult run;
  CHECK(render_run_limits(run.limits).empty());
  run.limits = {RunLimit::no_capture};
  CHECK(render_run_limits(run.limits) ==
        "note: nothing can be captured here: packets are SKIP, sessions, sockets and calls are "
        "judged\n  = help: `wireproof doctor` says what mends it\n");
  run.limits = {RunLimit::reduced_sandbox};
  CHECK(render_run_limits(run.limits).find("(another user, seccomp, rlimits, Landlock)") !=
        std::string::npos);
  run.limits = {RunLimit::reduced_sandbox, RunLimit::sandbox_same_user,
                RunLimit::sandbox_without_landlock};
  CHECK(render_run_limits(run.limits).find("(seccomp, rlimits)") != std::string::npos);
}

}  // namespace wireproof
