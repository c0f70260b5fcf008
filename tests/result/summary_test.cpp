#include "result/run_result.h"

#include "catch.h"

namespace wireproof {
namespace {

ScenarioResult repetition(std::uint64_t number, Verdict verdict, const std::string& history) {
  ScenarioResult result;
  result.id = "calc/one";
  result.repeat = number;
  result.verdict = verdict;
  result.history = history;
  return result;
}

RunResult run_of(const std::vector<Verdict>& verdicts) {
  RunResult run;
  for (const Verdict verdict : verdicts) {
    run.scenarios.push_back(summarize({repetition(1, verdict, "")}));
  }
  return run;
}

}  // namespace

TEST_CASE("one repetition is its own summary", "[session]") {
  const ScenarioSummary summary = summarize({repetition(1, Verdict::fail, "ShA")});
  CHECK(summary.result == repetition(1, Verdict::fail, "ShA"));
  CHECK(summary.repeats == 1);
  CHECK(summary.histories == std::vector<HistoryCount>{{"ShA", Verdict::fail, 1}});
}

TEST_CASE("repetitions with different verdicts are flaky and show the worst", "[session]") {
  const ScenarioSummary summary =
      summarize({repetition(1, Verdict::pass, "ShADFf"), repetition(2, Verdict::fail, "ShADR"),
                 repetition(3, Verdict::pass, "ShADFf"), repetition(4, Verdict::fail, "ShAR")});
  CHECK(summary.result.verdict == Verdict::flaky);
  CHECK(summary.result.repeat == 2);
  CHECK(summary.repeats == 4);
  CHECK(summary.histories == std::vector<HistoryCount>{{"ShADFf", Verdict::pass, 2},
                                                       {"ShADR", Verdict::fail, 1},
                                                       {"ShAR", Verdict::fail, 1}});
  CHECK(summary.verdicts ==
        std::vector<std::pair<Verdict, std::uint64_t>>{{Verdict::fail, 2}, {Verdict::pass, 2}});
}

TEST_CASE("repetitions of which nothing can be claimed make none flaky", "[session]") {
  const auto verdict_of = [](const std::vector<Verdict>& verdicts) {
    std::vector<ScenarioResult> repetitions;
    for (const Verdict verdict : verdicts) repetitions.push_back(repetition(1, verdict, "Sh"));
    return summarize(std::move(repetitions)).result.verdict;
  };
  CHECK(verdict_of({Verdict::pass, Verdict::inconclusive}) == Verdict::inconclusive);
  CHECK(verdict_of({Verdict::error, Verdict::pass}) == Verdict::error);
  CHECK(verdict_of({Verdict::fail, Verdict::error}) == Verdict::fail);
  CHECK(verdict_of({Verdict::inconclusive, Verdict::fail}) == Verdict::fail);
  CHECK(verdict_of({Verdict::pass, Verdict::fail, Verdict::error}) == Verdict::flaky);
}

TEST_CASE("a summary has the replays of all its repetitions", "[session]") {
  ScenarioResult replayed = repetition(1, Verdict::pass, "ShADFf");
  replayed.replays = 2;
  ScenarioResult worst = repetition(2, Verdict::fail, "ShADR");
  worst.replays = 1;
  const ScenarioSummary summary = summarize({replayed, worst, repetition(3, Verdict::pass, "")});
  CHECK(summary.result.repeat == 2);
  CHECK(summary.result.replays == 3);
}

TEST_CASE("repetitions that differ in their packets only are not flaky", "[session]") {
  const ScenarioSummary summary =
      summarize({repetition(1, Verdict::pass, "ShADFf"), repetition(2, Verdict::pass, "ShADfF")});
  CHECK(summary.result.verdict == Verdict::pass);
  CHECK(summary.histories.size() == 2);
}

TEST_CASE("the exit code is that of the gravest finding", "[session]") {
  struct Case {
    std::vector<Verdict> verdicts;
    int code;
  };
  const std::vector<Case> cases{
      {{}, 5},
      {{Verdict::pass, Verdict::skip, Verdict::xfail}, 0},
      {{Verdict::pass, Verdict::fail}, 1},
      {{Verdict::xpass}, 1},
      {{Verdict::flaky}, 1},
      {{Verdict::pass, Verdict::error}, 4},
      {{Verdict::inconclusive}, 4},
      {{Verdict::error, Verdict::fail}, 1},
  };
  for (const Case& one : cases) CHECK(exit_code(run_of(one.verdicts)) == one.code);
}

TEST_CASE("an interrupted run exits with 130 whatever was found before", "[session]") {
  RunResult run = run_of({Verdict::fail});
  run.interrupted = true;
  CHECK(exit_code(run) == 130);
}

TEST_CASE("sheets beyond the level that decides are told, and change no exit code", "[session]") {
  RunResult run = run_of({Verdict::pass, Verdict::fail, Verdict::skip, Verdict::pass});
  run.scenarios[1].result.level = SheetLevel::robust;
  run.scenarios[3].result.level = SheetLevel::robust;
  CHECK(exit_code(run) == kExitCheckFailed);
  run.decides = SheetLevel::exercise;
  CHECK(exit_code(run) == kExitPassed);
  CHECK(count_level(run, SheetLevel::exercise) == LevelCount{1, 1});
  CHECK(count_level(run, SheetLevel::robust) == LevelCount{1, 2});
  run.decides = SheetLevel::robust;
  CHECK(exit_code(run) == kExitCheckFailed);
}

TEST_CASE("where all sheets are beyond the level that decides, all of them do", "[session]") {
  RunResult run = run_of({Verdict::fail});
  run.scenarios[0].result.level = SheetLevel::robust;
  run.decides = SheetLevel::exercise;
  CHECK(exit_code(run) == kExitCheckFailed);
}

}  // namespace wireproof
