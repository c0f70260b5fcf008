#pragma once

#include <map>
#include <string>
#include <vector>

#include "expect/match/match.h"
#include "judge/traffic/evidence.h"

namespace wireproof {

// What is known about a captured packet after all tables were matched.
struct PacketNote {
  std::vector<std::string> rows;  // "4", "Packets: alice 4"
  std::string remark;             // "pure ACK", "unexpected", …
};

struct TableJudgement {
  CheckResult check;
  Diagnostics failures;                     // warnings are failures of a level that does not count
  std::map<std::size_t, PacketNote> notes;  // by capture index
};

// Matches one packet table against the conversations of its actors: each connection on its own
// (matching.md §6). There must be traffic.
TableJudgement judge_table(const PacketTable& table, const Scenario& scenario,
                           const Evidence& evidence);

}  // namespace wireproof
