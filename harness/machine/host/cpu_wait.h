#pragma once

#include <sys/types.h>

#include "base/text/time.h"

namespace wireproof {

// How the scheduler treated a process, summed over its threads.
struct CpuAccount {
  Duration ran{};
  Duration waited{};  // runnable, but without a CPU

  bool operator==(const CpuAccount&) const = default;
};

// Reads /proc/PID/task/*/schedstat. Threads that have ended are not counted; a process that is
// gone, or a kernel without the statistics, gives zeros.
CpuAccount read_cpu_account(pid_t process);

// The same with all that descend from the process.
CpuAccount read_cpu_account_of_tree(pid_t process);

// capture.md: a step that ran out of `allowed` time may count against a side only when that side
// waited for a CPU for at most a tenth of it.
bool machine_gave_time(Duration waited, Duration allowed);

}  // namespace wireproof
