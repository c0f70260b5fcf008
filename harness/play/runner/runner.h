#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "play/run_options.h"
#include "result/gradebook.h"
#include "result/run_result.h"

namespace wireproof {

// Where plays come from and where their results go, in the main process.
class PlaySource {
 public:
  virtual ~PlaySource() = default;

  // All of them, numbered from 0; they stay as they are while they are played.
  virtual std::span<const Play> plays() const = 0;
  // The number of the next to be played. None: there is none before another result; asked again
  // after each.
  virtual std::optional<std::size_t> next() = 0;
  // Once for each that next() gave. False: whatever has not ended yet is ended and not judged.
  virtual bool take(std::size_t number, ScenarioResult result) = 0;
};

// Plays what the source has, each in a network of its own, `options.jobs` at the same time
// (limit_jobs()); they end in any order. What comes out INCONCLUSIVE is played again before
// the source gets its result (ReplayQueue). False when SIGINT came (then everything started is
// ended). Must be called before the process has a second thread.
bool play_all(PlaySource& source, const ServerTable& servers, const RunOptions& options);

// Called in the main process as each repetition of each scenario ends.
using ResultSink = std::function<void(const ScenarioResult&)>;

// Plays every scenario `repeat` times, as play_all() does, and keeps the results. Each repetition
// is played again by itself: what was INCONCLUSIVE before counts among no histories. When SIGINT
// came `interrupted` is set.
RunResult run_scenarios(const std::vector<Scenario>& scenarios, const ServerTable& servers,
                        const RunOptions& options, const ResultSink& sink);

// One program of a class.
struct Submission {
  std::string name;
  std::filesystem::path folder;  // where the command runs
  std::string command;
};

// Called in the main process as each submission is done, in any order, with what each sheet that
// was played left behind, without its evidence.
using GradeSink = std::function<void(std::size_t submission, SubmissionGrade grade,
                                     const std::vector<ScenarioResult>& results)>;

// Plays every sheet against every submission, `options.jobs` at a time. Whether a program starts
// is seen by one sheet of each kind (TCP, UDP): where it does not, the others of that kind are not
// played. False when SIGINT came: then some submissions were not handed out.
bool grade_submissions(const std::vector<Submission>& submissions,
                       const std::vector<Scenario>& sheets, const ServerTable& servers,
                       const RunOptions& options, const GradeSink& sink);

}  // namespace wireproof
