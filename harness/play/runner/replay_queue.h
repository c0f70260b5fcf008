#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>

#include "play/runner/runner.h"
#include "play/runner/traced_replays.h"
#include "play/stage/worker.h"

namespace wireproof {

// The one policy for a play that claims nothing, neither for nor against its sheet (INCONCLUSIVE:
// the machine had no time for it, or lost packets): it is played again, first as the next of all,
// then alone, when nothing else is left to be played; kMostReplays times at most. The first playing
// that claims something is the result, and says how often it was played again. A play with a time
// limit of its own gets kMorePatience times as long each time, so that the machine's part in it
// shrinks, and its capture's reader that much more time before packets are lost.
constexpr std::uint64_t kMostReplays = 3;
constexpr std::uint64_t kReplaysAmongOthers = 1;
constexpr std::uint32_t kMorePatience = 4;

// Orders for stages, from the plays of a source.
class ReplayQueue {
 public:
  // With others: several are played at the same time. Else what is played again is alone at once.
  enum class Company : std::uint8_t { alone, with_others };

  // None: however often it is played, it comes out as it has (a limit of the machine's).
  enum class Chance : std::uint8_t { another, none };

  // `traces_failures`: see TracedReplays.
  ReplayQueue(PlaySource& source, Company company, bool traces_failures = false)
      : source_(source), company_(company) {
    if (traces_failures) traced_.emplace();
  }

  // As PlaySource::next().
  std::optional<PlayOrder> next();
  // As PlaySource::take(), of each playing.
  bool take(std::size_t number, ScenarioResult result, Chance chance = Chance::another);
  // Nothing more is played: what was to be played again keeps the result that it has.
  void finish();

 private:
  struct Open {
    std::size_t number = 0;
    std::uint64_t replays = 0;  // also the one that it waits for
    ScenarioResult so_far;
    bool is_traced = false;  // it has a result, and is played for its cause
  };

  PlayOrder replay(std::deque<Open>& waiting);

  PlaySource& source_;
  Company company_;
  std::optional<TracedReplays> traced_;
  std::deque<Open> soon_;
  std::deque<Open> late_;
  std::map<std::size_t, Open> again_;  // those that are played again now, by number
  std::size_t playing_ = 0;
  bool is_late_one_playing_ = false;
};

}  // namespace wireproof
