#include "report/told_faults.h"

#include "catch.h"

namespace wireproof {
namespace {

using Id = ExplanationId;

const Symptom kClosed{CheckKind::session, 2, Mismatch::closed, ""};

TrialOutcome played(const std::string& name, Id explanation) {
  TrialOutcome outcome;
  outcome.trial = {"calc", TrialKind::fault, name, {}, explanation};
  ScenarioResult& result = outcome.results.emplace_back();
  result.id = "calc/a";
  result.verdict = Verdict::fail;
  result.symptoms = {kClosed};
  result.failures.emplace_back().diagnostic.message = "it closed";
  return outcome;
}

}  // namespace

TEST_CASE("a fault is told where the diagnosis names it or its twin first", "[report]") {
  const std::vector<TrialOutcome> outcomes{played("reset", Id::reset_abort),
                                           played("closes", Id::closed_before_reply),
                                           played("late", Id::late_reply),
                                           {{"calc", TrialKind::variant, "corked", {}}, {}}};
  const std::map<std::string, Signatures> recorded{
      {"calc",
       {{"closes", Id::closed_before_reply, {{"calc/a", kClosed}}},
        {"reset", Id::reset_abort, {{"calc/a", kClosed}}}}}};
  std::vector<ToldFault> told = tell_faults(outcomes, recorded);
  REQUIRE(told.size() == 3);
  CHECK(told[0].things == std::vector<std::vector<Id>>{{Id::reset_abort, Id::closed_before_reply}});
  CHECK(is_told(told[0]));
  CHECK(is_told(told[1]));
  CHECK_FALSE(is_told(told[2]));
  CHECK(render_told(told) ==
        "calc late is told as: reset-abort or closed-before-reply\n"
        "2 of 3 are told first as what they are\n");
  // Of two at once one is enough.
  told[2].trial.other_explanation = Id::reset_abort;
  CHECK(is_told(told[2]));
  CHECK_FALSE(is_told({told[0].trial, {{Id::none}, {Id::reset_abort}}}));
  CHECK_FALSE(is_told({told[0].trial, {}}));
}

TEST_CASE("messages of a fault's sheet that contradict each other are told", "[report]") {
  TrialOutcome outcome = played("leak", Id::close_wait);
  outcome.results[0].failures[0].diagnostic.explanation = Id::close_wait;
  CHECK(render_contradictions({outcome}).empty());
  outcome.results[0].failures.emplace_back().diagnostic.explanation = Id::fin_held;
  CHECK(render_contradictions({outcome}) ==
        "calc leak in calc/a is told as close-wait and as fin-held\n");
}

}  // namespace wireproof
