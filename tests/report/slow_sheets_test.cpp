#include "report/report.h"

#include "catch.h"

namespace wireproof {

using std::chrono_literals::operator""ms;

namespace {

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

}  // namespace wireproof
