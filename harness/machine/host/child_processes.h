#pragma once

#include <sys/types.h>

#include <cstdint>
#include <set>
#include <vector>

#include "base/system/proc.h"
#include "base/system/system_call.h"
#include "base/text/time.h"

namespace wireproof {

// All that descend from a process, as they are now, parents before their children. One that is
// started or ends meanwhile may be missing. Where the kernel does not list children
// (CONFIG_PROC_CHILDREN) the whole of /proc is read.
std::vector<pid_t> descendant_processes(pid_t process);

// Whether every thread of a process sleeps, waiting for something; so does one that is gone.
bool is_asleep(pid_t process);
// The same of a process and all that descend from it.
bool is_tree_asleep(pid_t process);

// A descriptor that becomes readable when the process ends. Throws SystemError.
UniqueFd open_process(pid_t process);

// While it lives, processes whose parent ended become children of this process, so that none
// can be lost.
class OrphanCollector {
 public:
  OrphanCollector();
  ~OrphanCollector();
  OrphanCollector(const OrphanCollector&) = delete;
  OrphanCollector& operator=(const OrphanCollector&) = delete;

  // Kills and reaps all children (and theirs) but those in `kept` and those that were there
  // before the collector.
  void end_orphans(const std::set<pid_t>& kept) const;

 private:
  int was_collector_ = 0;
  std::set<pid_t> before_;
};

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

// What its threads, those that have ended too, and its children that have ended had of the CPU.
// Zero for a process that is gone.
Duration read_cpu_time(pid_t process);
// The same with all that descend from the process.
Duration read_cpu_time_of_tree(pid_t process);

// capture.md: a step that ran out of `allowed` time may count against a side only when that side
// waited for a CPU for at most a tenth of it.
bool machine_gave_time(Duration waited, Duration allowed);

// Whether a process that ran for so long in a wait of `allowed` had the time to do what was waited
// for: a tenth of it. One that does it at all needs less of the time that sheets allow.
bool had_its_time(Duration ran, Duration allowed);

// Of a process and all that descend from it. Reads /proc/PID/{fd,status,stat} and the CPU clocks. A
// process that is gone has used nothing.
ProcessUse read_process_use_of_tree(pid_t process);

}  // namespace wireproof
