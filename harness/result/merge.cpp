#include "result/merge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <stdexcept>
#include <utility>

#include "base/text/words.h"

namespace wireproof {
namespace {

constexpr std::size_t kMostParts = 100'000;  // as many as --shard takes

// "2/16", and what all parts of the run have in common.
struct PartName {
  std::size_t number = 0;
  std::size_t count = 0;
  std::string whole;
};

PartName name_of(const RunResult& run) {
  if (run.shard.empty()) throw std::invalid_argument("one is no part of a run");
  const std::size_t slash = run.shard.find('/');
  const std::size_t blank = std::min(run.shard.find(' '), run.shard.size());
  const bool has_both = slash != std::string::npos && slash < blank;
  const auto number = parse_number<std::size_t>(run.shard.substr(0, slash));
  const auto count =
      parse_number<std::size_t>(has_both ? run.shard.substr(slash + 1, blank - slash - 1) : "");
  if (!number || !count || *number == 0 || *number > *count || *count > kMostParts) {
    throw std::invalid_argument(fmt::format("there is no part `{}`", run.shard));
  }
  return {*number, *count, run.shard.substr(blank)};
}

Timestamp end_of(const RunResult& run) {
  std::int64_t end = 0;
  const bool is_none =
      run.lasted < Duration::zero() ||
      __builtin_add_overflow(run.started.time_since_epoch().count(), run.lasted.count(), &end);
  if (is_none || run.started < Timestamp()) {
    throw std::invalid_argument(fmt::format("of part {} the time is none", run.shard));
  }
  return Timestamp(Duration(end));
}

bool counts_more(const RunResult& run, const RunResult& other) {
  if (run.interrupted != other.interrupted) return !run.interrupted;
  return run.started > other.started;
}

void require_alike(const RunResult& run, const RunResult& first) {
  if (run.version != first.version) {
    throw std::invalid_argument(
        fmt::format("they are of versions {} and {}", first.version, run.version));
  }
  if (run.decides != first.decides) {
    throw std::invalid_argument("other levels decide in one than in another");
  }
  const PartName name = name_of(run);
  const PartName other = name_of(first);
  if (name.count != other.count || name.whole != other.whole) {
    throw std::invalid_argument(
        fmt::format("{} and {} are parts of different runs", first.shard, run.shard));
  }
}

void require_each_once(const std::vector<ScenarioSummary>& scenarios) {
  std::set<std::string> ids;
  for (const ScenarioSummary& scenario : scenarios) {
    if (ids.insert(scenario.result.id).second) continue;
    throw std::invalid_argument(fmt::format("the sheet {} is in two parts", scenario.result.id));
  }
}

}  // namespace

MergedRun merge_runs(std::vector<RunResult> runs) {
  const std::size_t count = name_of(runs.front()).count;
  MergedRun merged;
  RunResult& whole = merged.run;
  whole.version = runs.front().version;
  whole.decides = runs.front().decides;
  whole.started = runs.front().started;
  Timestamp ended = whole.started;
  for (const RunResult& run : runs) {
    require_alike(run, runs.front());
    whole.started = std::min(whole.started, run.started);
    ended = std::max(ended, end_of(run));
  }
  std::map<std::size_t, RunResult> parts;  // by number
  for (RunResult& run : runs) {
    RunResult& part = parts[name_of(run).number];
    if (part.shard.empty() || counts_more(run, part)) part = std::move(run);
  }
  whole.lasted = ended - whole.started;
  for (std::size_t number = 1; number <= count; ++number) {
    const auto part = parts.find(number);
    if (part == parts.end() || part->second.interrupted) {
      merged.missing.push_back(fmt::format("{}/{}", number, count));
    }
    if (part == parts.end()) continue;
    for (const RunLimit limit : part->second.limits) {
      if (std::ranges::find(whole.limits, limit) == whole.limits.end()) {
        whole.limits.push_back(limit);
      }
    }
    std::ranges::move(part->second.scenarios, std::back_inserter(whole.scenarios));
  }
  whole.interrupted = !merged.missing.empty();
  // As a run has them: where a level decides its sheets stand together.
  std::ranges::stable_sort(whole.scenarios, {}, [&whole](const ScenarioSummary& one) {
    return std::pair(whole.decides ? one.result.level : SheetLevel::exercise, one.result.id);
  });
  require_each_once(whole.scenarios);
  return merged;
}

}  // namespace wireproof
