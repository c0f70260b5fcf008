#include "result/run_result.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <utility>

namespace wireproof {
namespace {

void count_history(const ScenarioResult& result, std::vector<HistoryCount>& histories) {
  const auto same = [&](const HistoryCount& entry) {
    return entry.history == result.history && entry.verdict == result.verdict;
  };
  const auto entry = std::ranges::find_if(histories, same);
  if (entry != histories.end()) {
    ++entry->count;
  } else {
    histories.push_back({result.history, result.verdict, 1});
  }
}

}  // namespace

ScenarioSummary summarize(std::vector<ScenarioResult> repetitions) {
  assert(!repetitions.empty());
  ScenarioSummary summary;
  summary.repeats = repetitions.size();
  std::uint64_t replays = 0;
  std::map<Verdict, std::uint64_t> verdicts;
  for (const ScenarioResult& result : repetitions) {
    replays += result.replays;
    count_history(result, summary.histories);
    ++verdicts[result.verdict];
  }
  summary.verdicts.assign(verdicts.begin(), verdicts.end());
  sort_counts(summary);
  // The first of the worst.
  summary.result = std::move(*std::ranges::max_element(
      repetitions, std::ranges::less{},
      [](const ScenarioResult& result) { return badness_of(result.verdict); }));
  summary.result.replays = replays;
  const auto decided = std::ranges::count_if(summary.verdicts, [](const auto& counted) {
    return traits_of(counted.first).exit_code != kExitCouldNotRun;
  });
  if (decided > 1) summary.result.verdict = Verdict::flaky;
  return summary;
}

void sort_counts(ScenarioSummary& summary) {
  std::ranges::stable_sort(summary.histories, std::ranges::greater{}, &HistoryCount::count);
  std::ranges::sort(summary.verdicts, [](const auto& left, const auto& right) {
    return traits_of(left.first).badness > traits_of(right.first).badness;
  });
}

bool counts(const RunResult& run, const ScenarioResult& result) {
  if (!run.decides || result.level <= *run.decides) return true;
  return std::ranges::none_of(run.scenarios, [&run](const ScenarioSummary& summary) {
    return summary.result.level <= *run.decides;
  });
}

LevelCount count_level(const RunResult& run, SheetLevel level) {
  LevelCount count;
  for (const ScenarioSummary& summary : run.scenarios) {
    const ScenarioResult& result = summary.result;
    if (result.level != level || result.verdict == Verdict::skip) continue;
    ++count.judged;
    if (is_good(result.verdict)) ++count.passed;
  }
  return count;
}

int exit_code(const RunResult& run) {
  if (run.interrupted) return kExitInterrupted;
  // There may be more parts than sheets.
  if (run.scenarios.empty()) return run.shard.empty() ? kExitNothingSelected : kExitPassed;
  // A failed check is a finding about the server; it is not hidden by another scenario that could
  // not be run.
  const auto any = [&](int code) {
    return std::ranges::any_of(run.scenarios, [&](const ScenarioSummary& summary) {
      return counts(run, summary.result) && traits_of(summary.result.verdict).exit_code == code;
    });
  };
  if (any(kExitCheckFailed)) return kExitCheckFailed;
  if (any(kExitCouldNotRun)) return kExitCouldNotRun;
  return kExitPassed;
}

}  // namespace wireproof
