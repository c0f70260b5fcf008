#pragma once

#include <optional>
#include <vector>

#include "expect/match/align_rest.h"
#include "expect/match/align_search.h"

namespace wireproof {

// matching.md §8: more states than this and the match says so instead of deciding.
constexpr std::size_t kMaxAlignStates = 200'000;
// Most tables need far fewer. Where a search comes to so many, bounds of what is left are worth
// their price, which is at most so many states of each direction.
constexpr std::size_t kUnguidedStates = 20'000;
constexpr std::size_t kMaxLaneStates = 1'000'000;
// A wrong capture is explained in stretches; each may cost so many states.
constexpr std::size_t kMaxRepairStates = 20'000;
// What is left after so many stretches is not explained, only told to be left.
constexpr std::size_t kMaxRepairStretches = 10;

// Whether the capture fits the table, and how.
template <class Model>
typename AlignSearch<Model>::Outcome search_fit(AlignSearch<Model>& search, const Model& model,
                                                const AlignState& start) {
  using Outcome = typename AlignSearch<Model>::Outcome;
  if constexpr (HasLanes<Model>) {
    const Outcome outcome = search.run(start, false, kUnguidedStates);
    if (outcome != Outcome::limit) return outcome;
    const LaneRest<Model> client(model, Side::client, start, kMaxLaneStates);
    const LaneRest<Model> server(model, Side::server, start, kMaxLaneStates);
    if (client.is_whole() && server.is_whole()) {
      return search.run(start, false, kMaxAlignStates, [&](const AlignState& state) {
        const auto of_client = client.least(state);
        const auto of_server = server.least(state);
        return of_client && of_server ? std::optional(*of_client + *of_server) : std::nullopt;
      });
    }
  }
  return search.run(start, false, kMaxAlignStates);
}

// Lays out the capture by the model; where it does not fit, with the fewest repairs. Where even
// those are too many to weigh, the best beginning is kept and the search goes on from its end.
template <class Model>
FoundAlignment find_alignment(const Model& strict, const Model& lenient, const AlignState& start) {
  using Search = AlignSearch<Model>;
  FoundAlignment found;
  Search search(strict);
  const auto outcome = search_fit(search, strict, start);
  if (outcome == Search::Outcome::found) {
    found.steps = search.path();
    return found;
  }
  if (outcome == Search::Outcome::limit) {
    const std::vector<AlignStep> deepest = search.deepest_path();
    found.gave_up_at = deepest.empty() ? start : deepest.back().move.to;
  }
  AlignState from = start;
  Search repairing(lenient);
  for (std::size_t count = 0; count < kMaxRepairStretches; ++count) {
    const bool complete = repairing.run(from, true, kMaxRepairStates) == Search::Outcome::found;
    const std::vector<AlignStep> stretch = complete ? repairing.path() : repairing.deepest_path();
    found.steps.insert(found.steps.end(), stretch.begin(), stretch.end());
    if (complete || stretch.empty()) break;
    from = stretch.back().move.to;
  }
  return found;
}

}  // namespace wireproof
