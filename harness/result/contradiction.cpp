#include "result/contradiction.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace wireproof {
namespace {

struct Opposites {
  ExplanationId one;
  ExplanationId other;
};

constexpr Opposites kOpposites[] = {
    // it answers the end of the stream, or nothing that comes before it
    {ExplanationId::half_close_deaf, ExplanationId::stray_after_eof},
    {ExplanationId::half_close_deaf, ExplanationId::endless_after_eof},
    // it does not look at a character beyond ASCII, or takes it for another
    {ExplanationId::ascii_only, ExplanationId::latin1},
    // CLOSE-WAIT is left by close(), which a child that holds the socket makes vain
    {ExplanationId::close_wait, ExplanationId::fin_held},
    // it has a thread for each client, one for all, or one after the other
    {ExplanationId::one_at_a_time, ExplanationId::thread_died},
    {ExplanationId::one_at_a_time, ExplanationId::newest_client},
    // it takes less than a message, or waits for more
    {ExplanationId::waits_for_end, ExplanationId::one_recv},
    {ExplanationId::waits_for_end, ExplanationId::answered_early}};

}  // namespace

bool contradict(ExplanationId one, ExplanationId other) {
  return std::ranges::any_of(kOpposites, [&](const Opposites& pair) {
    return (pair.one == one && pair.other == other) || (pair.one == other && pair.other == one);
  });
}

Contradictions find_contradictions(const ScenarioResult& result) {
  std::set<ExplanationId> said;
  for (const Failure& failure : result.failures) {
    if (failure.diagnostic.severity == Severity::error) said.insert(failure.diagnostic.explanation);
  }
  Contradictions found;
  for (auto one = said.begin(); one != said.end(); ++one) {
    for (auto other = std::next(one); other != said.end(); ++other) {
      if (contradict(*one, *other)) found.emplace_back(*one, *other);
    }
  }
  return found;
}

}  // namespace wireproof
