#pragma once

#include <sys/types.h>

#include <map>

#include "base/system/deadline.h"
#include "base/text/time.h"
#include "machine/host/child_processes.h"

namespace wireproof {

// One look at a program and all that it has started.
struct TreeLook {
  std::map<pid_t, Duration> waited;  // for a CPU, from their beginnings
  Duration ran{};                    // threads and children that have ended included
  bool is_asleep = false;            // all of them
};

// How long a program and all that it starts could not go on for want of a CPU, from looks at them:
// what a process waited until the last look at it is kept where it has ended since.
class MissingTime {
 public:
  using Time = Deadline::Clock::time_point;

  // What the look at the begin has seen is not counted.
  explicit MissingTime(Time begun, const TreeLook& before = {});
  void see(const TreeLook& look, Time now);

  // From the begin to the last look. The kernel tells a wait for a CPU once it is over, of one in a
  // cgroup without quota left perhaps nothing, of a child that ended between two looks nothing, and
  // of one that waits for its tracer nothing either: time in which they did not sleep is missing
  // but for the time that they ran.
  Duration sum() const;
  // The same within a limit, and what the machine stood still besides: nothing is missing for one
  // that has had the CPU for all of it, and has more threads than there are processors.
  Duration sum_within(Duration limit, Duration stood_still = Duration(0)) const {
    return ran_ >= limit ? Duration(0) : sum() + stood_still;
  }
  // What all of them have had of the CPU since the begin.
  Duration ran() const { return ran_; }

 private:
  std::map<pid_t, Duration> waited_;  // by process, from its beginning
  Duration waited_before_{};
  Time looked_;
  Duration last_ran_{};  // as the last look has it
  Duration ran_{};
  Duration lasting_{};  // none slept or ran since then
  Duration awake_{};    // in all
};

// A process and all that descend from it, now.
TreeLook look_at_tree(pid_t process);

}  // namespace wireproof
