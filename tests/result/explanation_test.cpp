#include "result/explanation.h"

#include <set>

#include "catch.h"

namespace wireproof {

constexpr int kCauseCount = static_cast<int>(ExplanationId::client_fin_held);  // the last one

TEST_CASE("every cause of the catalogue has its own name, says what it is and how to mend it",
          "[result]") {
  std::set<std::string_view> names;
  std::size_t rank = 0;
  for (int number = 1; number <= kCauseCount; ++number) {
    const auto cause = static_cast<ExplanationId>(number);
    INFO(explanation_name(cause));
    CHECK_FALSE(explanation_name(cause).empty());
    CHECK(names.insert(explanation_name(cause)).second);
    CHECK(find_explanation(explanation_name(cause)) == cause);
    CHECK_FALSE(what_it_says(cause).empty());
    CHECK_FALSE(advice_for(cause).empty());
    CHECK(fundamental_rank(cause) == rank++);
  }
}

TEST_CASE("what has no cause has no name and no advice, and comes last", "[result]") {
  CHECK(explanation_name(ExplanationId::none).empty());
  CHECK(what_it_says(ExplanationId::none).empty());
  CHECK(advice_for(ExplanationId::none).empty());
  CHECK(fundamental_rank(ExplanationId::none) == std::size_t{kCauseCount});
  CHECK_FALSE(find_explanation(""));
  CHECK_FALSE(find_explanation("no-such-cause"));
}

TEST_CASE("a server that is not there, has died or is busy explains all else", "[result]") {
  CHECK(is_about_process(ExplanationId::nothing_listens));
  CHECK(is_about_process(ExplanationId::died_on_reset));
  CHECK(is_about_process(ExplanationId::busy_loop));
  CHECK_FALSE(is_about_process(ExplanationId::port_not_reusable));
  CHECK_FALSE(is_about_process(ExplanationId::wrong_beginning));
  CHECK_FALSE(is_about_process(ExplanationId::none));
}

}  // namespace wireproof
