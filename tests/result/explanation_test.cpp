#include "result/explanation.h"

#include <set>

#include "catch.h"

namespace wireproof {

TEST_CASE("every cause of the catalogue has its own name, says what it is and how to mend it",
          "[result]") {
  std::set<std::string_view> names;
  std::size_t rank = 0;
  for (const CauseEntry& cause : explanation_catalogue()) {
    INFO(cause.name);
    CHECK(names.insert(cause.name).second);
    CHECK(find_explanation(cause.name) == cause.id);
    CHECK(explanation_name(cause.id) == cause.name);
    CHECK_FALSE(what_it_says(cause.id).empty());
    CHECK_FALSE(advice_for(cause.id).empty());
    CHECK(fundamental_rank(cause.id) == rank++);
  }
  CHECK(rank == 41);
}

TEST_CASE("what has no cause has no name and no advice, and comes last", "[result]") {
  CHECK(explanation_name(ExplanationId::none).empty());
  CHECK(what_it_says(ExplanationId::none).empty());
  CHECK(advice_for(ExplanationId::none).empty());
  CHECK(fundamental_rank(ExplanationId::none) == explanation_catalogue().size());
  CHECK_FALSE(find_explanation(""));
  CHECK_FALSE(find_explanation("no-such-cause"));
}

TEST_CASE("a server that is not there, has died or is busy explains all else", "[result]") {
  CHECK(is_about_process(ExplanationId::nothing_listens));
  CHECK(is_about_process(ExplanationId::busy_loop));
  CHECK_FALSE(is_about_process(ExplanationId::reset_in_backlog));
  CHECK_FALSE(is_about_process(ExplanationId::none));
}

}  // namespace wireproof
