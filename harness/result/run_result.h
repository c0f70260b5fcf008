#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "result/scenario_result.h"

namespace wireproof {

// How often each packet history was seen over the repetitions of one scenario.
struct HistoryCount {
  std::string history;
  Verdict verdict = Verdict::pass;
  std::uint64_t count = 0;

  bool operator==(const HistoryCount&) const = default;
};

// A whole run: one entry per scenario; with --repeat the worst of its repetitions, FLAKY when
// they differ.
struct ScenarioSummary {
  ScenarioResult result;
  std::uint64_t repeats = 1;
  std::vector<HistoryCount> histories;
  std::vector<std::pair<Verdict, std::uint64_t>> verdicts;

  bool operator==(const ScenarioSummary&) const = default;
};

struct RunResult {
  std::string version;
  std::vector<std::string> command_line;
  Timestamp started{};
  Duration lasted{};
  bool interrupted = false;
  std::vector<ScenarioSummary> scenarios;

  bool operator==(const RunResult&) const = default;
};

// One scenario's repetitions as one entry: the worst of them, FLAKY when their verdicts differ,
// with the count of each packet history. `repetitions` is not empty.
ScenarioSummary summarize(const std::vector<ScenarioResult>& repetitions);

// product.md: 0, 1, 4, 5, 130. (2 and 3 are known before anything runs.)
int exit_code(const RunResult& run);

}  // namespace wireproof
