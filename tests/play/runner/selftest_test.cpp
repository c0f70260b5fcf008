#include "play/runner/selftest.h"

#include <fmt/format.h>

#include "catch.h"
#include "support/sheet_builder.h"

namespace wireproof {

namespace {

TrialOutcome fault_outcome(std::vector<TrialSheet> sheets) {
  return {{"calc", TrialKind::fault, "wrong-id", {{"fault", "wrong-id"}}, ExplanationId::wrong_id},
          std::move(sheets)};
}

TrialOutcome variant_outcome(std::vector<TrialSheet> sheets) {
  return {{"calc", TrialKind::variant, "corked", {{"variant", "corked"}}}, std::move(sheets)};
}

TrialSheet sheet(const std::string& id, Verdict verdict,
                 std::vector<ExplanationId> explanations = {}) {
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
            {sheet("a", Verdict::pass),
             sheet("b", Verdict::fail, {ExplanationId::short_reply, ExplanationId::wrong_id})})) ==
        TrialVerdict::caught);
  CHECK(judge_trial(fault_outcome({sheet("a", Verdict::fail, {ExplanationId::short_reply})})) ==
        TrialVerdict::unexplained);
  CHECK(judge_trial(fault_outcome({sheet("a", Verdict::pass, {ExplanationId::wrong_id})})) ==
        TrialVerdict::survived);
  CHECK(judge_trial(fault_outcome({sheet("a", Verdict::xfail, {ExplanationId::wrong_id})})) ==
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
  const TrialOutcome caught =
      fault_outcome({sheet("a", Verdict::fail, {ExplanationId::short_reply}),
                     sheet("b", Verdict::fail, {ExplanationId::wrong_id})});
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
  const SelftestOptions options;
  const Trial fault = fault_outcome({}).trial;
  const std::vector<Play> plays = plan_trial(fault, scenarios, options);
  REQUIRE(plays.size() == 1);
  CHECK(plays[0].scenario == &scenarios[0]);
  CHECK(plays[0].parameters == fault.parameters);
  CHECK(plays[0].timeout == options.fault_timeout);
  const std::vector<Play> right = plan_trial(variant_outcome({}).trial, scenarios, options);
  REQUIRE(right.size() == 2);
  CHECK_FALSE(right[0].timeout);  // what is right is given the sheet's own time
}

TEST_CASE("a fault meets the sheets of its form, and those that say nothing of it", "[session]") {
  Scenario first = scenario_of("calc");
  first.front.parameters["layout"] = "plain";
  Scenario other = scenario_of("calc");
  other.front.parameters["layout"] = "text";
  const std::vector<Scenario> scenarios = {scenario_of("calc"), first, other};
  Trial fault = fault_outcome({}).trial;
  CHECK(plan_trial(fault, scenarios, {}).size() == 3);
  fault.form = {{"layout", "plain"}};
  const std::vector<Play> plays = plan_trial(fault, scenarios, {});
  REQUIRE(plays.size() == 2);
  CHECK(plays[1].scenario == &scenarios[1]);
}

TEST_CASE("a fault that burns the CPU meets the sheets that look at it first", "[session]") {
  Scenario idle = scenario_of("calc");
  Step step;
  step.action = StepServer{ServerAction::idle};
  idle.session->steps.push_back(step);
  Scenario measured = scenario_of("calc");
  measured.measures.push_back({MeasureKind::server_cpu, "< 5%", {}, Level::must, {}});
  const std::vector<Scenario> scenarios = {scenario_of("calc"), idle, measured};
  Trial spin = fault_outcome({}).trial;
  CHECK(plan_trial(spin, scenarios, {})[0].scenario == &scenarios[0]);
  spin.explanation = ExplanationId::busy_loop;
  const std::vector<Play> plays = plan_trial(spin, scenarios, {});
  CHECK(plays[0].scenario == &scenarios[1]);
  CHECK(plays[1].scenario == &scenarios[2]);
  CHECK(plays[2].scenario == &scenarios[0]);
  CHECK(plays[0].timeout < SelftestOptions().fault_timeout);
}

TEST_CASE("a fault meets the sheets that start programs last", "[session]") {
  Scenario program = scenario_of("calc");
  Step step;
  step.action = StepRun{};
  program.session->steps.push_back(step);
  const std::vector<Scenario> scenarios = {program, scenario_of("calc")};
  const std::vector<Play> plays = plan_trial(fault_outcome({}).trial, scenarios, {});
  REQUIRE(plays.size() == 2);
  CHECK(plays[0].scenario == &scenarios[1]);
  CHECK(plays[1].scenario == &scenarios[0]);
}

TEST_CASE("a fault meets the sheets first that are recorded to fail", "[session]") {
  std::vector<Scenario> scenarios(3, scenario_of("calc"));
  for (std::size_t i = 0; i < scenarios.size(); ++i) scenarios[i].id = fmt::format("calc/{}", i);
  const Trial fault = fault_outcome({}).trial;
  Signature record{fault.name, fault.explanation, {}};
  record.failing["calc/1"] = std::nullopt;  // not in every run
  record.failing["calc/2"] = Symptom{};
  SelftestOptions options;
  const auto first = [&] { return plan_trial(fault, scenarios, options)[0].scenario->id; };
  CHECK(first() == "calc/0");
  options.recorded["calc"] = {record};
  CHECK(first() == "calc/2");
  CHECK(plan_trial(fault, scenarios, options)[1].scenario->id == "calc/0");
}

TEST_CASE("each cause that a result names is kept once", "[session]") {
  ScenarioResult result;
  result.id = "calc/one";
  result.verdict = Verdict::fail;
  result.failures.resize(4);
  result.failures[1].diagnostic.explanation = ExplanationId::close_wait;
  result.failures[2].diagnostic.explanation = ExplanationId::wrong_id;
  result.failures[3].diagnostic.explanation = ExplanationId::close_wait;
  CHECK(summarize_sheet(result) ==
        TrialSheet{
            "calc/one", Verdict::fail, "", {ExplanationId::close_wait, ExplanationId::wrong_id}});
}

}  // namespace wireproof
