#include "machine/host/process_use.h"

#include <unistd.h>

#include <ctime>

#include "base/system/proc.h"
#include "base/text/words.h"
#include "machine/host/child_processes.h"

namespace wireproof {
namespace {

constexpr int kLeastShare = 10;  // one tenth
constexpr std::int64_t kBytesPerKib = 1024;
constexpr std::int64_t kNanoseconds = 1'000'000'000;

// schedstat: the nanoseconds on a CPU, those without one, and how often it got one.
void add_thread(const std::filesystem::path& folder, CpuAccount& sum) {
  const std::string text = read_proc_file(folder / "schedstat");
  const auto fields = split_words(text);
  if (fields.size() < 2) return;
  sum.ran += Duration(parse_number<std::int64_t>(fields[0]).value_or(0));
  sum.waited += Duration(parse_number<std::int64_t>(fields[1]).value_or(0));
}

// The process's own clock knows nanoseconds, also of threads that have ended.
Duration own_cpu(pid_t process) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(process, &clock) != 0) return Duration(0);
  if (::clock_gettime(clock, &time) != 0) return Duration(0);
  return Duration(time.tv_sec * kNanoseconds + time.tv_nsec);
}

Duration ended_children_cpu(pid_t process) {
  const auto stat = read_process_stat(process);
  if (!stat) return Duration(0);
  return Duration(stat->ended_children_ticks * (kNanoseconds / ::sysconf(_SC_CLK_TCK)));
}

void add_process(pid_t process, ProcessUse& use) {
  use.descriptors += static_cast<std::int64_t>(list_descriptors(process).size());
  const ProcessStatus status(process);
  use.threads += status.number("Threads").value_or(0);
  use.resident_bytes += status.number("VmRSS").value_or(0) * kBytesPerKib;
  use.cpu += own_cpu(process) + ended_children_cpu(process);
}

}  // namespace

CpuAccount read_cpu_account(pid_t process) {
  CpuAccount sum;
  const std::filesystem::path tasks = proc_folder(process) / "task";
  for (const pid_t thread : list_threads(process)) {
    add_thread(tasks / std::to_string(thread), sum);
  }
  return sum;
}

CpuAccount read_cpu_account_of_tree(pid_t process) {
  CpuAccount sum = read_cpu_account(process);
  for (const pid_t below : descendant_processes(process)) {
    const CpuAccount account = read_cpu_account(below);
    sum.ran += account.ran;
    sum.waited += account.waited;
  }
  return sum;
}

bool machine_gave_time(Duration waited, Duration allowed) {
  return waited * kLeastShare <= allowed;
}

ProcessUse read_process_use_of_tree(pid_t process) {
  ProcessUse use;
  add_process(process, use);
  for (const pid_t below : descendant_processes(process)) add_process(below, use);
  return use;
}

}  // namespace wireproof
