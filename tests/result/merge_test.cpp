#include "result/merge.h"

#include <stdexcept>

#include "catch.h"

namespace wireproof {
namespace {

using Catch::Matchers::Contains;

RunResult part(const std::string& shard, const std::vector<std::string>& sheets) {
  RunResult run;
  run.version = "1";
  run.shard = shard;
  run.started = Timestamp(std::chrono::seconds(100));
  run.lasted = std::chrono::seconds(1);
  for (const std::string& sheet : sheets) {
    ScenarioResult result;
    result.id = sheet;
    result.verdict = Verdict::pass;
    run.scenarios.push_back(summarize({result}));
  }
  return run;
}

std::vector<std::string> sheets_of(const RunResult& run) {
  std::vector<std::string> ids;
  for (const ScenarioSummary& scenario : run.scenarios) ids.push_back(scenario.result.id);
  return ids;
}

std::string refusal(std::vector<RunResult> runs) {
  try {
    merge_runs(std::move(runs));
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("the parts of a run are one run, in the order of its sheets", "[result]") {
  RunResult second = part("2/2", {"b", "d"});
  second.started += std::chrono::seconds(10);
  const MergedRun merged = merge_runs({second, part("1/2", {"a", "c"})});
  CHECK(merged.missing.empty());
  CHECK(sheets_of(merged.run) == std::vector<std::string>{"a", "b", "c", "d"});
  CHECK(merged.run.started == Timestamp(std::chrono::seconds(100)));
  CHECK(merged.run.lasted == std::chrono::seconds(11));
  CHECK(merged.run.shard.empty());
  CHECK_FALSE(merged.run.interrupted);
}

TEST_CASE("where a level decides its sheets stand together", "[result]") {
  RunResult first = part("1/2", {"a", "c"});
  RunResult second = part("2/2", {"b"});
  first.decides = second.decides = SheetLevel::exercise;
  first.scenarios[0].result.level = SheetLevel::robust;
  CHECK(sheets_of(merge_runs({first, second}).run) == std::vector<std::string>{"b", "c", "a"});
}

TEST_CASE("a part that is missing or was cut short is named", "[result]") {
  RunResult cut = part("3/3", {"c"});
  cut.interrupted = true;
  const MergedRun merged = merge_runs({part("1/3", {"a"}), cut});
  CHECK(merged.missing == std::vector<std::string>{"2/3", "3/3"});
  CHECK(merged.run.interrupted);
  CHECK(sheets_of(merged.run) == std::vector<std::string>{"a", "c"});
}

TEST_CASE("of two results of a part the whole one counts, then the later", "[result]") {
  RunResult cut = part("1/1", {"cut"});
  cut.interrupted = true;
  cut.started += std::chrono::seconds(50);
  RunResult later = part("1/1", {"later"});
  later.started += std::chrono::seconds(10);
  CHECK(sheets_of(merge_runs({cut, part("1/1", {"early"}), later}).run) ==
        std::vector<std::string>{"later"});
  CHECK(sheets_of(merge_runs({later, part("1/1", {"early"}), cut}).run) ==
        std::vector<std::string>{"later"});
}

TEST_CASE("what is no part of one run is refused", "[result]") {
  RunResult other = part("2/2", {"b"});
  other.version = "2";
  CHECK_THAT(refusal({part("1/2", {"a"}), other}), Contains("versions 1 and 2"));
  CHECK_THAT(refusal({part("1/2", {"a"}), part("2/3", {"b"})}), Contains("different runs"));
  CHECK_THAT(refusal({part("1/2 aa", {"a"}), part("2/2 ab", {"b"})}), Contains("different runs"));
  RunResult late = part("2/2", {"b"});
  late.started = Timestamp::max();
  CHECK_THAT(refusal({part("1/2", {"a"}), late}), Contains("the time is none"));
  CHECK_THAT(refusal({part("2", {"a"})}), Contains("no part `2`"));
  CHECK_THAT(refusal({part("1/2", {"a"}), part("2/2", {"a"})}),
             Contains("sheet a is in two parts"));
  CHECK_THAT(refusal({part("", {"a"})}), Contains("is no part"));
  CHECK_THAT(refusal({part("3/2", {"a"})}), Contains("no part `3/2`"));
  CHECK_THAT(refusal({part("1/99999999999", {"a"})}), Contains("no part"));
  other = part("2/2", {"b"});
  other.decides = SheetLevel::exercise;
  CHECK_THAT(refusal({part("1/2", {"a"}), other}), Contains("levels"));
}

}  // namespace wireproof
