#include "session/selftest.h"

#include "catch.h"
#include "session/sheet_builder.h"

namespace wireproof {

using std::chrono_literals::operator""ms;

namespace {

TrialOutcome fault_outcome(std::vector<TrialSheet> sheets) {
  return {{"calc", TrialKind::fault, "wrong-id", {{"fault", "wrong-id"}}, "wrong-id"},
          std::move(sheets)};
}

TrialOutcome variant_outcome(std::vector<TrialSheet> sheets) {
  return {{"calc", TrialKind::variant, "corked", {{"variant", "corked"}}, ""}, std::move(sheets)};
}

TrialSheet sheet(const std::string& id, Verdict verdict,
                 std::vector<std::string> explanations = {}) {
  return {id, verdict, "", std::move(explanations)};
}

Scenario scenario_of(const std::string& server) {
  Scenario scenario = SheetBuilder().step("connect", StepConnect{}).scenario();
  scenario.id = server + "/one";
  scenario.front.server = server;
  return scenario;
}

}  // namespace

TEST_CASE("a fault is caught only by a failing sheet that names its cause", "[session]") {
  CHECK(judge_trial(fault_outcome(
            {sheet("a", Verdict::pass), sheet("b", Verdict::fail, {"short-reply", "wrong-id"})})) ==
        TrialVerdict::caught);
  CHECK(judge_trial(fault_outcome({sheet("a", Verdict::fail, {"short-reply"})})) ==
        TrialVerdict::unexplained);
  CHECK(judge_trial(fault_outcome({sheet("a", Verdict::pass, {"wrong-id"})})) ==
        TrialVerdict::survived);
  CHECK(judge_trial(fault_outcome({sheet("a", Verdict::xfail, {"wrong-id"})})) ==
        TrialVerdict::survived);
}

TEST_CASE("a fault whose sheets could not be judged neither survives nor is caught", "[session]") {
  CHECK(judge_trial(fault_outcome({})) == TrialVerdict::unjudged);
  CHECK(judge_trial(fault_outcome({sheet("a", Verdict::inconclusive)})) == TrialVerdict::unjudged);
  CHECK(judge_trial(fault_outcome({sheet("a", Verdict::error), sheet("b", Verdict::pass)})) ==
        TrialVerdict::unjudged);
}

TEST_CASE("a variant is clean when no sheet says otherwise", "[session]") {
  CHECK(judge_trial(variant_outcome({sheet("a", Verdict::pass), sheet("b", Verdict::xfail),
                                     sheet("c", Verdict::skip)})) == TrialVerdict::clean);
  CHECK(judge_trial(variant_outcome({sheet("a", Verdict::pass), sheet("b", Verdict::fail)})) ==
        TrialVerdict::flagged);
  CHECK(judge_trial(variant_outcome({sheet("a", Verdict::error)})) == TrialVerdict::unjudged);
  CHECK(judge_trial(variant_outcome({})) == TrialVerdict::unjudged);
}

TEST_CASE("the sheets that tell are those that made the verdict", "[session]") {
  const TrialOutcome caught = fault_outcome(
      {sheet("a", Verdict::fail, {"short-reply"}), sheet("b", Verdict::fail, {"wrong-id"})});
  REQUIRE(telling_sheets(caught).size() == 1);
  CHECK(telling_sheets(caught).front()->id == "b");
  const TrialOutcome flagged =
      variant_outcome({sheet("a", Verdict::pass), sheet("b", Verdict::fail)});
  REQUIRE(telling_sheets(flagged).size() == 1);
  CHECK(telling_sheets(flagged).front()->id == "b");
}

TEST_CASE("a trial is played by all sheets of its server that leave it as it is", "[session]") {
  Scenario faulty = scenario_of("calc");
  faulty.front.parameters["fault"] = "swap-bytes";
  Scenario command = scenario_of("calc");
  command.front.command = "ncat -l {port}";
  Scenario unplayed = scenario_of("calc");
  unplayed.session.reset();
  const std::vector<Scenario> scenarios = {scenario_of("calc"), faulty, command, unplayed,
                                           scenario_of("reverse")};
  const std::vector<Trial> trials = {fault_outcome({}).trial, variant_outcome({}).trial};
  const SelftestPlan plan = plan_selftest(trials, scenarios, 500ms);
  REQUIRE(plan.trial_of == std::vector<std::size_t>{0, 1, 1});
  CHECK(plan.plays[0].scenario == &scenarios[0]);
  CHECK(plan.plays[0].parameters == trials[0].parameters);
  CHECK(plan.plays[0].timeout == Duration(500ms));
  CHECK_FALSE(plan.plays[1].timeout);  // what is right is given the sheet's own time
}

TEST_CASE("each cause that a result names is kept once", "[session]") {
  ScenarioResult result;
  result.id = "calc/one";
  result.verdict = Verdict::fail;
  result.failures.resize(4);
  result.failures[1].explanation = "close-wait";
  result.failures[2].explanation = "wrong-id";
  result.failures[3].explanation = "close-wait";
  CHECK(summarize_sheet(result) ==
        TrialSheet{"calc/one", Verdict::fail, "", {"close-wait", "wrong-id"}});
}

}  // namespace wireproof
