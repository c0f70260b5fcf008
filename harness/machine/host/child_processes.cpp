#include "machine/host/child_processes.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <ctime>
#include <map>
#include <string>
#include <string_view>

#include "base/system/deadline.h"
#include "base/system/proc.h"
#include "base/text/words.h"

namespace wireproof {
namespace {

constexpr std::size_t kMaxWatched = 64;  // of processes that have been killed, at a time
constexpr std::chrono::milliseconds kWatchTime{100};  // in case that another one ends first

std::multimap<pid_t, pid_t> read_children_by_parent() {
  std::multimap<pid_t, pid_t> children;
  for (const pid_t process : list_processes()) {
    if (const auto stat = read_process_stat(process)) children.emplace(stat->parent, process);
  }
  return children;
}

// Takes them as they end, in any order: the first process of a pid namespace ends only when all
// others in it have been waited for, and some of them may be ours.
void reap_killed(std::vector<pid_t> killed) {
  while (!killed.empty()) {
    const std::size_t before = killed.size();
    std::erase_if(killed, [](pid_t process) { return ::waitpid(process, nullptr, WNOHANG) != 0; });
    if (killed.size() < before) continue;
    std::vector<UniqueFd> ends;
    std::vector<pollfd> entries;
    for (std::size_t index = 0; index < std::min(killed.size(), kMaxWatched); ++index) {
      ends.push_back(open_process(killed[index]));
      entries.push_back({ends.back().get(), POLLIN, 0});
    }
    await_any(entries, Deadline(kWatchTime), "watch processes end");
  }
}

bool has_children() {
  siginfo_t state{};
  return ::waitid(P_ALL, 0, &state, WEXITED | WNOHANG | WNOWAIT) == 0;
}

std::vector<pid_t> search_children(pid_t process, std::multimap<pid_t, pid_t>& by_parent) {
  if (by_parent.empty()) by_parent = read_children_by_parent();
  std::vector<pid_t> children;
  const auto [first, last] = by_parent.equal_range(process);
  for (auto child = first; child != last; ++child) children.push_back(child->second);
  return children;
}

constexpr int kLeastShare = 10;  // one tenth
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
  use.cpu += read_cpu_time(process);
}

}  // namespace

std::vector<pid_t> descendant_processes(pid_t process) {
  std::multimap<pid_t, pid_t> by_parent;  // only where the kernel does not list them
  std::vector<pid_t> found{process};
  for (std::size_t index = 0; index < found.size(); ++index) {
    const auto listed = list_children(found[index]);
    const auto children = listed ? *listed : search_children(found[index], by_parent);
    found.insert(found.end(), children.begin(), children.end());
  }
  found.erase(found.begin());
  return found;
}

bool is_asleep(pid_t process) {
  // t: stopped by its tracer for a moment, in the middle of what it does.
  constexpr std::string_view kBusy = "RDt";
  const std::vector<pid_t> threads = list_threads(process);
  return std::ranges::none_of(threads, [&](pid_t thread) {
    const auto stat = read_process_stat(thread);
    return stat && kBusy.find(stat->state) != std::string_view::npos;
  });
}

bool is_tree_asleep(pid_t process) {
  return is_asleep(process) && std::ranges::all_of(descendant_processes(process), is_asleep);
}

UniqueFd open_process(pid_t process) {
  return check_descriptor(::syscall(SYS_pidfd_open, process, 0), "watch a process");
}

OrphanCollector::OrphanCollector() {
  if (has_children()) {
    for (const pid_t child : descendant_processes(::getpid())) before_.insert(child);
  }
  check_call(::prctl(PR_GET_CHILD_SUBREAPER, &was_collector_), "ask for the collector of orphans");
  check_call(::prctl(PR_SET_CHILD_SUBREAPER, 1), "become the collector of orphans");
}

OrphanCollector::~OrphanCollector() {
  ::prctl(PR_SET_CHILD_SUBREAPER, was_collector_);
}

void OrphanCollector::end_orphans(const std::set<pid_t>& kept) const {
  // Each round brings up the children of those that it ended.
  while (has_children()) {
    std::multimap<pid_t, pid_t> by_parent;
    std::vector<pid_t> orphans = search_children(::getpid(), by_parent);
    std::erase_if(orphans,
                  [&](pid_t child) { return kept.contains(child) || before_.contains(child); });
    if (orphans.empty()) return;
    for (const pid_t orphan : orphans) ::kill(orphan, SIGKILL);
    reap_killed(std::move(orphans));
  }
}

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

Duration read_cpu_time(pid_t process) {
  return own_cpu(process) + ended_children_cpu(process);
}

Duration read_cpu_time_of_tree(pid_t process) {
  Duration sum = read_cpu_time(process);
  for (const pid_t below : descendant_processes(process)) sum += read_cpu_time(below);
  return sum;
}

bool machine_gave_time(Duration waited, Duration allowed) {
  return waited * kLeastShare <= allowed;
}

bool had_its_time(Duration ran, Duration allowed) {
  return ran * kLeastShare >= allowed;
}

ProcessUse read_process_use_of_tree(pid_t process) {
  ProcessUse use;
  add_process(process, use);
  for (const pid_t below : descendant_processes(process)) add_process(below, use);
  return use;
}

}  // namespace wireproof
