#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "play/runner/runner.h"
#include "result/selftest_result.h"

namespace wireproof {

// A trial and what is played for it, in this order.
struct PlannedTrial {
  const Trial* trial = nullptr;  // outlives the queue
  std::vector<Play> plays;
};

// The plays of all trials of a selftest, and what came of them.
//
// The plays of a fault follow one another until one has caught it; those of a server that is right
// need not wait for each other. Where an earlier trial has the same fault in another server, its
// play of the sheet that caught it there (by the sheet's short name) comes first, so that every
// fault is looked for where it shows. A sheet that a machine without time left open is played
// again, against a fault with twice the time; at last alone, when nothing else is left: another
// sheet may catch the fault meanwhile.
class TrialQueue : public PlaySource {
 public:
  // `full`: faults, too, are played to the end.
  TrialQueue(std::vector<PlannedTrial> trials, bool full);

  std::optional<NumberedPlay> next() override;
  bool take(std::size_t number, ScenarioResult result) override;

  // In the order of the trials; only what was played.
  std::vector<TrialOutcome> take_outcomes();

 private:
  struct Course {
    const Trial* trial = nullptr;
    std::optional<std::size_t> leader;  // index of the course with the same fault, until it begins
    std::vector<Play> plays;
    std::vector<std::optional<TrialSheet>> sheets;  // parallel to plays
    std::vector<int> playings;                      // parallel to plays
    std::deque<std::size_t> waiting;                // indexes of plays
    std::size_t running = 0;
    bool is_serial = false;
  };

  static void follow(const Course& leader, Course& course);
  static bool is_put_off(const Course& course, std::size_t play);
  bool may_start(const Course& course) const;
  NumberedPlay start(std::size_t index);

  std::vector<Course> courses_;
  std::vector<std::size_t> base_;  // the number of each course's first play
  std::size_t running_ = 0;        // plays of all courses
};

}  // namespace wireproof
