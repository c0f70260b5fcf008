#include "play/runner/trial_queue.h"

#include "catch.h"
#include "support/sheet_builder.h"

namespace wireproof {

namespace {

Scenario named(const std::string& id) {
  Scenario scenario = SheetBuilder().scenario();
  scenario.id = id;
  return scenario;
}

// Two servers, each with the sheets a, b and c.
const std::vector<Scenario>& sheets() {
  static const std::vector<Scenario> kAll = {named("calc/a"), named("calc/b"), named("calc/c"),
                                             named("echo/a"), named("echo/b"), named("echo/c")};
  return kAll;
}

Trial fault_of(const std::string& server, const std::string& name) {
  return {server, TrialKind::fault, name, {}, ExplanationId::fin_held};
}

PlannedTrial plan(const Trial& trial) {
  PlannedTrial planned{&trial, {}};
  for (const Scenario& scenario : sheets()) {
    if (scenario.id.starts_with(trial.server)) {
      planned.plays.push_back({&scenario, 1, {}, std::chrono::milliseconds(500)});
    }
  }
  return planned;
}

ScenarioResult result_of(const PlaySource::NumberedPlay& play, Verdict verdict,
                         ExplanationId cause = ExplanationId::none) {
  ScenarioResult result;
  result.id = play.play->scenario->id;
  result.verdict = verdict;
  if (cause != ExplanationId::none) result.failures.emplace_back().diagnostic.explanation = cause;
  return result;
}

// The next play, which must be of this sheet.
PlaySource::NumberedPlay expect_next(TrialQueue& queue, const std::string& id) {
  const auto play = queue.next();
  REQUIRE(play);
  CHECK(play->play->scenario->id == id);
  return *play;
}

}  // namespace

TEST_CASE("the sheets of a fault are played one by one until one has caught it", "[session]") {
  const Trial trial = fault_of("calc", "leak");
  TrialQueue queue({plan(trial)}, false);
  const auto a = expect_next(queue, "calc/a");
  CHECK_FALSE(queue.next());
  queue.take(a.number, result_of(a, Verdict::fail, ExplanationId::wrong_id));
  const auto b = expect_next(queue, "calc/b");
  queue.take(b.number, result_of(b, Verdict::fail, ExplanationId::fin_held));
  CHECK_FALSE(queue.next());
  const std::vector<TrialOutcome> outcomes = queue.take_outcomes();
  REQUIRE(outcomes.size() == 1);
  CHECK(outcomes[0].sheets.size() == 2);
  CHECK(judge_trial(outcomes[0]) == TrialVerdict::caught);
}

TEST_CASE("all sheets of a right server, and with --full of a fault, are played side by side",
          "[session]") {
  const Trial fault = fault_of("calc", "leak");
  const Trial variant{"calc", TrialKind::variant, "corked", {}};
  const bool full = GENERATE(true, false);
  TrialQueue queue({plan(full ? fault : variant)}, full);
  for (const char* const id : {"calc/a", "calc/b", "calc/c"}) expect_next(queue, id);
  CHECK_FALSE(queue.next());
}

TEST_CASE("the sheet that caught a fault in one server is tried first in the next", "[session]") {
  const Trial first = fault_of("calc", "leak");
  const Trial second = fault_of("echo", "leak");
  TrialQueue queue({plan(first), plan(second)}, false);
  auto play = expect_next(queue, "calc/a");
  CHECK_FALSE(queue.next());  // the second waits for what the first finds
  queue.take(play.number, result_of(play, Verdict::pass));
  play = expect_next(queue, "calc/b");
  queue.take(play.number, result_of(play, Verdict::fail, ExplanationId::fin_held));
  for (const char* const id : {"echo/b", "echo/a", "echo/c"}) {
    play = expect_next(queue, id);
    queue.take(play.number, result_of(play, Verdict::pass));
  }
  CHECK_FALSE(queue.next());
}

TEST_CASE("what the machine had no time for is played again with twice the time, at last alone",
          "[session]") {
  const Trial open = fault_of("calc", "leak");
  const Trial other = fault_of("echo", "spin");
  TrialQueue queue({plan(open), plan(other)}, false);
  Duration allowed = std::chrono::milliseconds(500);
  auto play = expect_next(queue, "calc/a");
  const auto beside = expect_next(queue, "echo/a");
  for (int playing = 1; playing < 3; ++playing) {
    queue.take(play.number, result_of(play, Verdict::inconclusive));
    play = expect_next(queue, "calc/a");
    allowed *= 2;
    CHECK(play.play->timeout == allowed);
  }
  queue.take(play.number, result_of(play, Verdict::inconclusive));
  for (const char* const id : {"calc/b", "calc/c"}) {  // which may find the fault meanwhile
    play = expect_next(queue, id);
    queue.take(play.number, result_of(play, Verdict::pass));
  }
  CHECK_FALSE(queue.next());  // put off while the other is played
  queue.take(beside.number, result_of(beside, Verdict::fail, ExplanationId::fin_held));
  for (int playing = 3; playing < 6; ++playing) {
    play = expect_next(queue, "calc/a");
    queue.take(play.number, result_of(play, Verdict::inconclusive));
  }
  CHECK_FALSE(queue.next());  // not for ever
}

TEST_CASE("a sheet that was put off is not played again once another has caught the fault",
          "[session]") {
  const Trial trial = fault_of("calc", "leak");
  TrialQueue queue({plan(trial)}, false);
  for (int playing = 0; playing < 3; ++playing) {
    const auto play = expect_next(queue, "calc/a");
    queue.take(play.number, result_of(play, Verdict::inconclusive));
  }
  const auto play = expect_next(queue, "calc/b");
  queue.take(play.number, result_of(play, Verdict::fail, ExplanationId::fin_held));
  CHECK_FALSE(queue.next());
}

}  // namespace wireproof
