#include "machine/host/process_use.h"

#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <sstream>
#include <string>

#include "base/system/proc.h"
#include "machine/host/child_processes.h"

namespace wireproof {
namespace {

constexpr std::int64_t kBytesPerKib = 1024;
constexpr std::int64_t kNanoseconds = 1'000'000'000;

std::string folder_of(pid_t process) {
  return "/proc/" + std::to_string(process);
}

std::int64_t count_descriptors(pid_t process) {
  std::int64_t count = 0;
  std::error_code gone;
  for (std::filesystem::directory_iterator entry(folder_of(process) + "/fd", gone), end;
       !gone && entry != end; entry.increment(gone)) {
    ++count;
  }
  return count;
}

void add_status(pid_t process, ProcessUse& use) {
  const ProcessStatus status(process);
  use.threads += status.number("Threads").value_or(0);
  use.resident_bytes += status.number("VmRSS").value_or(0) * kBytesPerKib;
}

// The process's own clock knows nanoseconds, also of threads that have ended.
Duration own_cpu(pid_t process) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(process, &clock) != 0) return Duration(0);
  if (::clock_gettime(clock, &time) != 0) return Duration(0);
  return Duration(time.tv_sec * kNanoseconds + time.tv_nsec);
}

// proc(5), stat: fields 16 and 17 are the time of the children that were waited for, in ticks.
Duration ended_children_cpu(pid_t process) {
  const std::string text = read_proc_file(folder_of(process) + "/stat");
  const std::size_t name_end = text.rfind(')');  // the second field may hold anything
  if (name_end == std::string::npos) return Duration(0);
  constexpr int kSkipped = 13;  // from field 3 on
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int i = 0; i < kSkipped; ++i) fields >> skipped;
  std::int64_t user = 0;
  std::int64_t system = 0;
  if (!(fields >> user >> system)) return Duration(0);
  return Duration((user + system) * (kNanoseconds / ::sysconf(_SC_CLK_TCK)));
}

void add_process(pid_t process, ProcessUse& use) {
  use.descriptors += count_descriptors(process);
  add_status(process, use);
  use.cpu += own_cpu(process) + ended_children_cpu(process);
}

}  // namespace

ProcessUse read_process_use_of_tree(pid_t process) {
  ProcessUse use;
  add_process(process, use);
  for (const pid_t below : descendant_processes(process)) add_process(below, use);
  return use;
}

}  // namespace wireproof
