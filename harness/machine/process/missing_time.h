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

  // At this time the processes had these accounts, from their beginnings, and all of them slept or
  // not.
  void see(const std::map<pid_t, CpuAccount>& accounts, bool is_asleep, Time now);

  // Up to the last look. The kernel tells a wait for a CPU once it is over, and of one in a cgroup
  // without quota left perhaps nothing: time in which none slept and none ran is missing, too.
  Duration sum() const;
  // What all of them have had of the CPU.
  Duration ran() const;

 private:
  std::map<pid_t, CpuAccount> accounts_;
  Time looked_;
  Duration lasting_{};  // none slept or ran since then
  Duration stuck_{};    // the same in all
};

// Looks at a process and all that descend from it, now.
void see_tree(pid_t process, MissingTime& missing);

}  // namespace wireproof
