#include "machine/host/child_processes.h"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/system/system_call.h"

namespace wireproof {
namespace {

constexpr std::size_t kMaxWatched = 64;  // of processes that have been killed, at a time
constexpr int kWatchTime = 100;          // milliseconds, in case that another one ends first

struct Status {
  char state = 'X';
  pid_t parent = 0;
};

// Of a process (/proc/N) or a thread (/proc/N/task/N).
std::optional<Status> read_status(const std::filesystem::path& folder) {
  std::ifstream file(folder / "stat");
  std::string text;
  std::getline(file, text, '\0');
  // proc(5): the second field, the name in parentheses, may hold anything; behind it ") S 123".
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos || name_end + 4 > text.size()) return std::nullopt;
  Status status;
  status.state = text[name_end + 2];
  std::from_chars(text.data() + name_end + 4, text.data() + text.size(), status.parent);
  return status;
}

std::multimap<pid_t, pid_t> read_children_by_parent() {
  std::multimap<pid_t, pid_t> children;
  std::error_code gone;
  for (std::filesystem::directory_iterator entry("/proc", gone), end; !gone && entry != end;
       entry.increment(gone)) {
    const std::string name = entry->path().filename();
    pid_t process = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), process);
    if (read.ec != std::errc() || read.ptr != name.data() + name.size()) continue;
    if (const auto status = read_status(entry->path())) {
      children.emplace(status->parent, process);
    }
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
    ::poll(entries.data(), entries.size(), kWatchTime);
  }
}

bool has_children() {
  siginfo_t state{};
  return ::waitid(P_ALL, 0, &state, WEXITED | WNOHANG | WNOWAIT) == 0;
}

// All whose parents lead to the process, among all processes of the machine.
std::vector<pid_t> search_descendants(pid_t process) {
  const std::multimap<pid_t, pid_t> children = read_children_by_parent();
  std::vector<pid_t> found{process};
  for (std::size_t index = 0; index < found.size(); ++index) {
    const auto [first, last] = children.equal_range(found[index]);
    for (auto child = first; child != last; ++child) found.push_back(child->second);
  }
  found.erase(found.begin());
  return found;
}

// proc(5), children: those that a thread has started, as numbers with a blank behind each.
void add_children_of_thread(const std::filesystem::path& thread, std::vector<pid_t>& found) {
  std::ifstream file(thread / "children");
  for (pid_t child = 0; file >> child;) found.push_back(child);
}

std::vector<pid_t> follow_children(pid_t process) {
  std::vector<pid_t> found{process};
  for (std::size_t index = 0; index < found.size(); ++index) {
    std::error_code gone;
    const std::string tasks = "/proc/" + std::to_string(found[index]) + "/task";
    for (std::filesystem::directory_iterator entry(tasks, gone), end; !gone && entry != end;
         entry.increment(gone)) {
      add_children_of_thread(entry->path(), found);
    }
  }
  found.erase(found.begin());
  return found;
}

}  // namespace

std::vector<pid_t> descendant_processes(pid_t process) {
  static const bool kKernelListsChildren = std::filesystem::exists("/proc/thread-self/children");
  return kKernelListsChildren ? follow_children(process) : search_descendants(process);
}

bool is_asleep(pid_t process) {
  std::error_code gone;
  const std::string tasks = "/proc/" + std::to_string(process) + "/task";
  for (std::filesystem::directory_iterator entry(tasks, gone), end; !gone && entry != end;
       entry.increment(gone)) {
    const auto status = read_status(entry->path());
    // t: stopped by its tracer for a moment, in the middle of what it does.
    if (status && std::string_view("RDt").find(status->state) != std::string_view::npos) {
      return false;
    }
  }
  return true;
}

bool is_tree_asleep(pid_t process) {
  return is_asleep(process) && std::ranges::all_of(descendant_processes(process), is_asleep);
}

UniqueFd open_process(pid_t process) {
  return UniqueFd(
      static_cast<int>(check_call(::syscall(SYS_pidfd_open, process, 0), "watch a process")));
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
  for (bool found = true; found && has_children();) {
    found = false;
    std::vector<pid_t> killed;
    const std::multimap<pid_t, pid_t> by_parent = read_children_by_parent();
    const auto [first, last] = by_parent.equal_range(::getpid());
    for (auto child = first; child != last; ++child) {
      if (kept.contains(child->second) || before_.contains(child->second)) continue;
      ::kill(child->second, SIGKILL);
      killed.push_back(child->second);
    }
    found = !killed.empty();
    reap_killed(std::move(killed));
  }
}

}  // namespace wireproof
