#include "play/runner/traced_replays.h"

#include <filesystem>
#include <fstream>

#include "catch.h"
#include "play/runner/replay_queue.h"
#include "support/temporary_folder.h"

namespace wireproof {
namespace {

ScenarioResult failed(const std::string& message, ExplanationId cause = ExplanationId::none) {
  ScenarioResult result;
  result.verdict = Verdict::fail;
  Failure& failure = result.failures.emplace_back();
  failure.diagnostic.message = message;
  failure.diagnostic.explanation = cause;
  return result;
}

// One play that comes to the same each time it is asked for.
class OnePlay : public PlaySource {
 public:
  std::span<const Play> plays() const override { return plays_; }
  std::optional<std::size_t> next() override {
    return std::exchange(is_given_, true) ? std::nullopt : std::optional<std::size_t>(0);
  }
  bool take(std::size_t, ScenarioResult result) override {
    taken.push_back(std::move(result));
    return true;
  }

  std::vector<ScenarioResult> taken;

 private:
  std::vector<Play> plays_{1};
  bool is_given_ = false;
};

}  // namespace

TEST_CASE("each kind of failure that nobody has seen the cause of is traced once", "[session]") {
  TracedReplays replays;
  CHECK(replays.wants(failed("no answer within 2s: 0 of 5 bytes came")));
  CHECK_FALSE(replays.wants(failed("no answer within 2s: 0 of 17 bytes came")));
  CHECK(replays.wants(failed("no answer within 2s: 0 of 5 bytes came", ExplanationId::never_read)));
  CHECK_FALSE(replays.wants(failed("differs", ExplanationId::byte_order)));
  ScenarioResult passed = failed("x");
  passed.verdict = Verdict::pass;
  CHECK_FALSE(replays.wants(passed));
  ScenarioResult traced = failed("y");
  traced.calls.emplace_back().order = 1;
  CHECK_FALSE(replays.wants(traced));
}

TEST_CASE("of many kinds of failure only some are traced", "[session]") {
  TracedReplays replays;
  std::size_t count = 0;
  for (char kind = 'a'; kind <= 'z'; ++kind) {
    if (replays.wants(failed(std::string(1, kind)))) ++count;
  }
  CHECK(count == TracedReplays::kMostTraced);
  CHECK(replays.wants(failed("z"), "another program"));
}

TEST_CASE("a sheet that failed is played once more, traced, and that playing is told",
          "[session]") {
  const bool traces = GENERATE(true, false);
  const Verdict second = GENERATE(Verdict::fail, Verdict::pass, Verdict::inconclusive);
  OnePlay source;
  ReplayQueue queue(source, ReplayQueue::Company::alone, traces);
  REQUIRE(queue.next() == PlayOrder{0, 1, false});
  queue.take(0, failed("no answer: 0 of 5 bytes"));
  if (!traces) {
    CHECK(source.taken.size() == 1);
    return;
  }
  CHECK(source.taken.empty());
  REQUIRE(queue.next() == PlayOrder{0, 1, true});
  ScenarioResult again = failed("no answer: 0 of 7 bytes");
  again.verdict = second;
  queue.take(0, std::move(again));
  REQUIRE(source.taken.size() == 1);
  CHECK(source.taken.front().verdict == Verdict::fail);
  const char* const told =
      second == Verdict::fail ? "no answer: 0 of 7 bytes" : "no answer: 0 of 5 bytes";
  CHECK(source.taken.front().failures.front().diagnostic.message == told);
  CHECK_FALSE(queue.next());
}

TEST_CASE("the kept capture is that of the playing that is told", "[session]") {
  const bool is_same = GENERATE(true, false);
  const TemporaryFolder folder;
  const auto kept = [&](const std::string& message, const std::string& name) {
    ScenarioResult result = failed(message);
    result.capture_file = folder.file(name);
    std::ofstream(result.capture_file) << message;
    return result;
  };
  ScenarioResult first = kept("no answer", "a.pcap");
  ScenarioResult traced = kept(is_same ? "no answer" : "another", "a.pcap.traced");
  const ScenarioResult told = choose_told(std::move(first), std::move(traced));
  CHECK(told.capture_file == folder.file("a.pcap"));
  CHECK(read_text(told.capture_file) == told.failures.front().diagnostic.message);
  CHECK_FALSE(std::filesystem::exists(folder.file("a.pcap.traced")));
}

TEST_CASE("what was still to be traced keeps its result when the run ends", "[session]") {
  OnePlay source;
  ReplayQueue queue(source, ReplayQueue::Company::alone, true);
  queue.next();
  queue.take(0, failed("packets"));
  queue.finish();
  REQUIRE(source.taken.size() == 1);
  CHECK(source.taken.front().verdict == Verdict::fail);
}

}  // namespace wireproof
