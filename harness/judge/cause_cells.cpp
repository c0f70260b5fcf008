#include "judge/cause_cells.h"

#include <fmt/format.h>

#include <algorithm>

#include "expect/cause/call_facts.h"
#include "result/packet_line.h"

namespace wireproof {
namespace {

// What was joined to the packet for one column.
struct JoinedCall {
  const char* column;
  const std::string& cell;
  const Doers& doers;
  bool inferred;
};

// A server that ends its sending by shutdown() and closes then is as right as one that closes:
// both send the same FIN.
bool names_call(const std::string& cell, const std::string& call, Side side) {
  if (same_call(cell, call)) return true;
  return side == Side::server && call_family(cell) == CallFamily::close &&
         call_family(call) == CallFamily::shutdown;
}

bool names_one_of(const std::string& cell, const Doers& doers, Side side) {
  if (doers.kernel) return same_call(cell, render_doers(doers));
  return std::ranges::any_of(doers.calls,
                             [&](const std::string& call) { return names_call(cell, call, side); });
}

CellFailure describe(const JoinedCall& joined, const Row& row, const Cause& cause) {
  CellFailure failure;
  failure.column = joined.column;
  failure.level = joined.inferred ? std::max(row.level, Level::should) : row.level;
  failure.diagnostic.message = fmt::format(
      "{} of row {} is {}, the table expects {}", joined.column, row.number,
      joined.doers.empty() ? "no call" : render_doers(joined.doers) + "()", joined.cell);
  auto& notes = failure.diagnostic.notes;
  if (joined.inferred) notes.push_back({"", "the call was inferred from the packets"});
  if (!joined.inferred && !cause.facts.empty()) notes.push_back({"", render_facts(cause.facts)});
  return failure;
}

}  // namespace

std::vector<CellFailure> judge_cause_cells(const Row& row, const Cause& cause) {
  std::vector<CellFailure> failures;
  for (const JoinedCall& joined :
       {JoinedCall{"Cause", row.cause, cause.call, cause.call_inferred},
        JoinedCall{"Blocked", row.blocked, cause.blocked, cause.blocked_inferred}}) {
    if (joined.cell.empty() || joined.cell == "*") continue;
    if (names_one_of(joined.cell, joined.doers, cause.side)) continue;
    failures.push_back(describe(joined, row, cause));
  }
  return failures;
}

}  // namespace wireproof
