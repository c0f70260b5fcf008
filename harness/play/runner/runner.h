#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "play/run_options.h"
#include "result/run_result.h"

namespace wireproof {

// Where plays come from and where their results go, in the main process.
class PlaySource {
 public:
  struct NumberedPlay {
    std::size_t number = 0;      // of the source's choice
    const Play* play = nullptr;  // lives until its result is taken
  };

  virtual ~PlaySource() = default;

  // The next to be played. None: there is none before another result; asked again after each.
  virtual std::optional<NumberedPlay> next() = 0;
  // False: whatever has not ended yet is ended and not judged.
  virtual bool take(std::size_t number, ScenarioResult result) = 0;
};

// Plays what the source has, each in a network of its own, as many at the same time as there are
// processes to play them; they end in any order.
// False when SIGINT came (then everything started is ended). Must be called before the process has
// a second thread.
bool play_all(PlaySource& source, const ServerTable& servers, const RunOptions& options);

// Called in the main process as each repetition of each scenario ends.
using ResultSink = std::function<void(const ScenarioResult&)>;

// Plays every scenario `repeat` times, as play_all() does, and keeps the results. When SIGINT came
// `interrupted` is set.
RunResult run_scenarios(const std::vector<Scenario>& scenarios, const ServerTable& servers,
                        const RunOptions& options, const ResultSink& sink);

}  // namespace wireproof
