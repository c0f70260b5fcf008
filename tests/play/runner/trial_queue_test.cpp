#include "catch.h"
#include "play/runner/selftest.h"
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

ScenarioResult result_with_cause(Verdict verdict, ExplanationId cause = ExplanationId::none) {
  ScenarioResult result;
  result.verdict = verdict;
  if (cause != ExplanationId::none) result.failures.emplace_back().diagnostic.explanation = cause;
  return result;
}

// The number of the next play, which must be of this sheet.
std::size_t expect_next(TrialQueue& queue, const std::string& id) {
  const auto number = queue.next();
  REQUIRE(number);
  CHECK(queue.plays()[*number].scenario->id == id);
  return *number;
}

}  // namespace

TEST_CASE("the sheets of a fault are played one by one until one has caught it", "[session]") {
  const Trial trial = fault_of("calc", "leak");
  TrialQueue queue({plan(trial)}, false);
  const auto a = expect_next(queue, "calc/a");
  CHECK_FALSE(queue.next());
  queue.take(a, result_with_cause(Verdict::fail, ExplanationId::wrong_id));
  const auto b = expect_next(queue, "calc/b");
  queue.take(b, result_with_cause(Verdict::fail, ExplanationId::fin_held));
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

TEST_CASE("what each sheet of a fault left behind is kept where all are played", "[session]") {
  const Trial fault = fault_of("calc", "leak");
  const bool full = GENERATE(true, false);
  TrialQueue queue({plan(fault)}, full);
  queue.take(expect_next(queue, "calc/a"),
             result_with_cause(Verdict::fail, ExplanationId::wrong_id));
  queue.take(expect_next(queue, "calc/b"), result_with_cause(Verdict::pass));
  const std::vector<TrialOutcome> outcomes = queue.take_outcomes();
  REQUIRE(outcomes.size() == 1);
  CHECK(outcomes[0].sheets.size() == 2);
  CHECK(outcomes[0].results.size() == (full ? 2 : 0));
}

}  // namespace wireproof
