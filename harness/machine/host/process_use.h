#pragma once

#include <sys/types.h>

#include <cstdint>

#include "base/text/time.h"

namespace wireproof {

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
