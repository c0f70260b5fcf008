#pragma once

#include <sys/types.h>

#include <map>

#include "base/system/deadline.h"
#include "base/text/time.h"
#include "machine/host/child_processes.h"

namespace wireproof {

// How long a program and all that it starts could not go on for want of a CPU, from looks at them:
// what a process waited until the last look at it is kept where it has ended since.
class MissingTime {
 public:
  using Time = Deadline::Clock::time_point;

  explicit MissingTime(Time begun) : looked_(begun) {}

  // One look at all processes.
  struct Look {
    std::map<pid_t, CpuAccount> accounts;  // from their beginnings
    Duration ran{};                        // threads and children that have ended included
    bool is_asleep = false;                // all of them
  };
  void see(const Look& look, Time now);

  // Up to the last look. The kernel tells a wait for a CPU once it is over, of one in a cgroup
  // without quota left perhaps nothing, of a child that ended between two looks nothing, and of one
  // that waits for its tracer nothing either: time in which they did not sleep is missing as far as
  // none of them ran.
  Duration sum() const;
  // What all of them have had of the CPU.
  Duration ran() const { return ran_; }

 private:
  std::map<pid_t, CpuAccount> accounts_;
  Time looked_;
  Duration ran_{};
  Duration lasting_{};  // none slept or ran since then
  Duration stuck_{};    // awake and not running, in all
};

// Looks at a process and all that descend from it, now.
void see_tree(pid_t process, MissingTime& missing);

}  // namespace wireproof
