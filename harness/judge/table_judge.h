#pragma once

#include <map>
#include <string>
#include <vector>

#include "expect/match/match.h"
#include "judge/traffic/actor_map.h"
#include "judge/traffic/cause_map.h"
#include "judge/traffic/evidence.h"

namespace wireproof {

// What is known about a captured packet after all tables were matched.
struct PacketNote {
  std::vector<RowLabel> rows;
  PacketRemark remark;
};

struct TableJudgement {
  CheckResult check;
  Diagnostics failures;                     // warnings are failures of a level that does not count
  std::map<std::size_t, PacketNote> notes;  // by capture index
};

struct TableContext {
  const Scenario* scenario = nullptr;
  const Evidence* evidence = nullptr;
  const ActorMap* actors = nullptr;
  const CauseMap* causes = nullptr;
  Timestamp start{};  // of the capture, for the times in messages
};

// Matches one packet table against the conversations of its actors: each connection on its own
// (matching.md §6).
TableJudgement judge_table(const PacketTable& table, const TableContext& context);

}  // namespace wireproof
