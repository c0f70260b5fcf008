#pragma once

#include <span>
#include <string>
#include <vector>

#include "expect/match/align_search.h"
#include "expect/match/match.h"

namespace wireproof {

// Matches in which a row is a packet: no stream lies between them.

// Strictness::exact: every packet is one row, in the order of the capture, with the same flags.
MatchResult match_exact(std::span<const Row> rows, const TcpConnection& connection,
                        const MatchContext& context);

// Results of rows that no packet has yet; `what` names what a row stands for: "UDP datagram".
template <class What>
std::vector<RowResult> unmet_rows(std::span<const Row> rows, const What& what) {
  std::vector<RowResult> results(rows.size());
  for (std::size_t index = 0; index < rows.size(); ++index) {
    RowResult& result = results[index];
    result.row = index;
    result.level = rows[index].level;
    const bool open = rows[index].kind == RowKind::anything;
    result.state = open ? RowState::open : RowState::missing;
    if (open) continue;
    result.reason =
        "the " + side_words(rows[index].from) + " sent no " + what(rows[index]) + " here";
  }
  return results;
}

// Why a packet is unexpected; `above`: the last row that has a packet, null before all of them.
inline std::string unexpected_words(const Row* above) {
  return "no row has it; it stands " +
         (above != nullptr ? "after " + row_words(*above) : std::string("before all rows"));
}

// Searches the cheapest layout of the model's packets and lets `reader` read its steps. `things`
// says what was laid out: "packets".
template <class Model, class Reader>
MatchResult match_plainly(const Model& model, Reader reader, std::span<const Row> rows,
                          const std::string& things) {
  const FoundAlignment found = find_alignment(model, model, AlignState{});
  for (const AlignStep& step : found.steps) reader.read(step);
  MatchResult result = reader.result();
  if (found.beyond_limit) {
    result.beyond_limit = limit_words(rows, found.limit_state.client_item, things);
  }
  result.matched = accounts_for_all(result);
  return result;
}

}  // namespace wireproof
