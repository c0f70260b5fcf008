#include "play/runner/replay_queue.h"

#include <filesystem>
#include <fstream>

#include "catch.h"
#include "support/temporary_folder.h"

namespace wireproof {
namespace {

// Plays in their order, and what they came to.
class List : public PlaySource {
 public:
  explicit List(std::size_t count) : plays_(count) {}

  std::span<const Play> plays() const override { return plays_; }
  std::optional<std::size_t> next() override {
    return next_ == plays_.size() ? std::nullopt : std::optional(next_++);
  }
  bool take(std::size_t number, ScenarioResult result) override {
    results[number] = std::move(result);
    return goes_on;
  }

  std::map<std::size_t, ScenarioResult> results;
  bool goes_on = true;

 private:
  std::vector<Play> plays_;
  std::size_t next_ = 0;
};

ScenarioResult result_with_capture(Verdict verdict, const std::string& capture = "") {
  ScenarioResult result;
  result.verdict = verdict;
  result.capture_file = capture;
  return result;
}

using Company = ReplayQueue::Company;

}  // namespace

TEST_CASE("what claims something is the result at once", "[session]") {
  const Verdict verdict = GENERATE(Verdict::pass, Verdict::fail, Verdict::error, Verdict::skip);
  List source(1);
  ReplayQueue queue(source, Company::with_others);
  CHECK(queue.next() == PlayOrder{0, 1});
  CHECK(queue.take(0, result_with_capture(verdict)));
  CHECK(source.results.at(0).verdict == verdict);
  CHECK(source.results.at(0).replays == 0);
  CHECK_FALSE(queue.next());
}

TEST_CASE("what was inconclusive is played again as the next of all, and says so", "[session]") {
  const Verdict verdict = GENERATE(Verdict::pass, Verdict::fail);
  List source(3);
  ReplayQueue queue(source, Company::with_others);
  CHECK(queue.next() == PlayOrder{0, 1});
  CHECK(queue.next() == PlayOrder{1, 1});
  CHECK(queue.take(0, result_with_capture(Verdict::inconclusive)));
  CHECK(source.results.empty());
  CHECK(queue.next() == PlayOrder{0, kMorePatience});
  CHECK(queue.next() == PlayOrder{2, 1});
  queue.take(0, result_with_capture(verdict));
  CHECK(source.results.at(0).verdict == verdict);
  CHECK(source.results.at(0).replays == 1);
  queue.take(1, result_with_capture(Verdict::pass));
  CHECK(source.results.at(1).replays == 0);
}

TEST_CASE("what no replay would change is the result at once", "[session]") {
  List source(1);
  ReplayQueue queue(source, Company::with_others);
  const std::uint64_t replays = GENERATE(0U, 1U);
  for (std::uint64_t replay = 0; replay < replays; ++replay) {
    queue.next();
    queue.take(0, result_with_capture(Verdict::inconclusive));
  }
  queue.next();
  CHECK(queue.take(0, result_with_capture(Verdict::inconclusive), ReplayQueue::Chance::none));
  REQUIRE(source.results.contains(0));
  CHECK(source.results.at(0).replays == replays);
  CHECK_FALSE(queue.next());
}

TEST_CASE("what stays inconclusive is played alone at the end, and not for ever", "[session]") {
  List source(2);
  ReplayQueue queue(source, Company::with_others);
  queue.next();
  queue.next();
  queue.take(0, result_with_capture(Verdict::inconclusive));
  CHECK(queue.next() == PlayOrder{0, kMorePatience});
  queue.take(0, result_with_capture(Verdict::inconclusive));
  CHECK_FALSE(queue.next());  // the other one is still played
  queue.take(1, result_with_capture(Verdict::inconclusive));
  CHECK(queue.next() == PlayOrder{1, kMorePatience});
  queue.take(1, result_with_capture(Verdict::inconclusive));
  std::uint32_t patience = kMorePatience;
  for (std::uint64_t replay = kReplaysAmongOthers; replay < kMostReplays; ++replay) {
    CHECK(source.results.empty());
    patience *= kMorePatience;
    for (const std::uint32_t number : {0U, 1U}) {
      CHECK(queue.next() == PlayOrder{number, patience});
      CHECK_FALSE(queue.next());  // alone
      queue.take(number, result_with_capture(Verdict::inconclusive));
    }
  }
  CHECK_FALSE(queue.next());
  for (const std::size_t number : {0U, 1U}) {
    CHECK(source.results.at(number).verdict == Verdict::inconclusive);
    CHECK(source.results.at(number).replays == kMostReplays);
  }
}

TEST_CASE("where one is played at a time, it is played again before the next", "[session]") {
  List source(2);
  ReplayQueue queue(source, Company::alone);
  queue.next();
  for (std::uint64_t replay = 0; replay < kMostReplays; ++replay) {
    queue.take(0, result_with_capture(Verdict::inconclusive));
    CHECK(queue.next()->play == 0);
  }
  queue.take(0, result_with_capture(Verdict::inconclusive));
  CHECK(queue.next()->play == 1);
}

TEST_CASE("a run that ends early keeps the results that it has", "[session]") {
  List source(3);
  ReplayQueue queue(source, Company::with_others);
  for (int play = 0; play < 3; ++play) queue.next();
  queue.take(0, result_with_capture(Verdict::inconclusive));
  queue.next();                                               // is played again when the end comes
  queue.take(1, result_with_capture(Verdict::inconclusive));  // waits for it
  queue.finish();
  CHECK(source.results.at(0).verdict == Verdict::inconclusive);
  CHECK(source.results.at(1).verdict == Verdict::inconclusive);
  CHECK_FALSE(source.results.contains(2));
  CHECK_FALSE(queue.next());
}

TEST_CASE("the source says when enough was played", "[session]") {
  List source(1);
  source.goes_on = false;
  ReplayQueue queue(source, Company::with_others);
  queue.next();
  CHECK(queue.take(0, result_with_capture(Verdict::inconclusive)));
  queue.next();
  CHECK_FALSE(queue.take(0, result_with_capture(Verdict::fail)));
}

TEST_CASE("a capture that a replay did not keep goes away, one that it kept stays", "[session]") {
  const TemporaryFolder folder;
  const std::filesystem::path capture = folder.file("a.pcap");
  std::ofstream(capture) << "packets";
  List source(1);
  ReplayQueue queue(source, Company::with_others);
  queue.next();
  queue.take(0, result_with_capture(Verdict::inconclusive, capture.string()));
  queue.next();
  queue.take(0, result_with_capture(Verdict::inconclusive, capture.string()));
  CHECK(std::filesystem::exists(capture));
  queue.next();
  queue.take(0, result_with_capture(Verdict::pass));
  CHECK_FALSE(std::filesystem::exists(capture));
}

}  // namespace wireproof
