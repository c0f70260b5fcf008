#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "result/run_result.h"

namespace wireproof {

// Which sheets that failed are played once more, with the calls of their server traced: what it did
// is seen then, where packets let one guess. Of each kind of failure the first, at most
// kMostTraced of a program. Not thread-safe.
class TracedReplays {
 public:
  // Asked once for each result that is to be final. `program` tells whose it is, where several are
  // played: its folder.
  bool wants(const ScenarioResult& result, const std::filesystem::path& program = {});

  static constexpr std::size_t kMostTraced = 8;

 private:
  std::map<std::filesystem::path, std::set<std::string>> kinds_;
};

// Both are of one sheet: the traced playing where it failed as the first did, else the first. The
// kept capture is the result's, in the place of the first one's; the other one's is removed.
ScenarioResult choose_told(ScenarioResult first, ScenarioResult traced);

}  // namespace wireproof
