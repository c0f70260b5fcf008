#include "result/contradiction.h"

#include "catch.h"

namespace wireproof {
namespace {

using Id = ExplanationId;

ScenarioResult result_with(const std::vector<Id>& explanations) {
  ScenarioResult result;
  for (const Id id : explanations) {
    result.failures.emplace_back().diagnostic.explanation = id;
  }
  return result;
}

}  // namespace

TEST_CASE("two explanations contradict each other in either order", "[diagnosis]") {
  CHECK(contradict(Id::close_wait, Id::fin_held));
  CHECK(contradict(Id::fin_held, Id::close_wait));
  CHECK_FALSE(contradict(Id::close_wait, Id::close_wait));
  CHECK_FALSE(contradict(Id::close_wait, Id::wrong_id));
  CHECK_FALSE(contradict(Id::none, Id::none));
}

TEST_CASE("messages of one sheet that contradict each other are found once", "[diagnosis]") {
  const ScenarioResult result =
      result_with({Id::thread_died, Id::wrong_id, Id::one_at_a_time, Id::thread_died, Id::none});
  CHECK(find_contradictions(result) == Contradictions{{Id::one_at_a_time, Id::thread_died}});
  CHECK(find_contradictions(result_with({Id::thread_died, Id::wrong_id})).empty());
  ScenarioResult warned = result;
  warned.failures[2].diagnostic.severity = Severity::warning;
  CHECK(find_contradictions(warned).empty());
}

}  // namespace wireproof
