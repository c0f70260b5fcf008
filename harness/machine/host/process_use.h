#pragma once

#include <sys/types.h>

#include <cstdint>

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

// What a process holds and has used, with all that descend from it.
struct ProcessUse {
  std::int64_t descriptors = 0;
  std::int64_t threads = 0;  // of each process at least one, also of one that nobody waited for
  std::int64_t resident_bytes = 0;  // summed: pages that processes share count for each of them
  Duration cpu{};                   // of threads and children that have ended, too

  bool operator==(const ProcessUse&) const = default;
};

// Reads /proc/PID/{fd,status,stat} and the CPU clocks. A process that is gone has used nothing.
ProcessUse read_process_use_of_tree(pid_t process);

}  // namespace wireproof
