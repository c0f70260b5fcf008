#include "result/summary.h"

#include <algorithm>
#include <cassert>

namespace wireproof {
namespace {

// From best to worst; what the user must look at first is the worst.
int badness(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return 0;
    case Verdict::xfail:
      return 1;
    case Verdict::skip:
      return 2;
    case Verdict::inconclusive:
      return 3;
    case Verdict::xpass:
      return 4;
    case Verdict::flaky:
      return 5;
    case Verdict::fail:
      return 6;
    case Verdict::error:
      return 7;
  }
  return 7;
}

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

void count_verdict(Verdict verdict, std::vector<std::pair<Verdict, std::uint64_t>>& verdicts) {
  const auto entry =
      std::ranges::find(verdicts, verdict, &std::pair<Verdict, std::uint64_t>::first);
  if (entry != verdicts.end()) {
    ++entry->second;
  } else {
    verdicts.emplace_back(verdict, 1);
  }
}

}  // namespace

ScenarioSummary summarize(const std::vector<ScenarioResult>& repetitions) {
  assert(!repetitions.empty());
  ScenarioSummary summary;
  summary.repeats = repetitions.size();
  std::uint64_t replays = 0;
  for (const ScenarioResult& result : repetitions) {
    replays += result.replays;
    count_history(result, summary.histories);
    count_verdict(result.verdict, summary.verdicts);
  }
  std::ranges::stable_sort(summary.histories, std::ranges::greater{}, &HistoryCount::count);
  std::ranges::stable_sort(summary.verdicts, [](const auto& left, const auto& right) {
    return badness(left.first) > badness(right.first);
  });
  // The first of the worst.
  summary.result = *std::ranges::max_element(
      repetitions, std::ranges::less{},
      [](const ScenarioResult& result) { return badness(result.verdict); });
  summary.result.replays = replays;
  if (summary.verdicts.size() > 1) summary.result.verdict = Verdict::flaky;
  return summary;
}

}  // namespace wireproof
