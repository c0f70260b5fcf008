#include "machine/host/cpu_wait.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "machine/host/child_processes.h"

namespace wireproof {
namespace {

constexpr int kLeastShare = 10;  // one tenth

CpuAccount add(const CpuAccount& left, const CpuAccount& right) {
  return {left.ran + right.ran, left.waited + right.waited};
}

CpuAccount read_thread(const std::filesystem::path& folder) {
  std::ifstream file(folder / "schedstat");
  std::int64_t ran = 0;
  std::int64_t waited = 0;
  if (!(file >> ran >> waited)) return {};
  return {Duration(ran), Duration(waited)};
}

}  // namespace

CpuAccount read_cpu_account(pid_t process) {
  CpuAccount sum;
  std::error_code gone;
  const std::string tasks = "/proc/" + std::to_string(process) + "/task";
  for (std::filesystem::directory_iterator entry(tasks, gone), end; !gone && entry != end;
       entry.increment(gone)) {
    sum = add(sum, read_thread(entry->path()));
  }
  return sum;
}

CpuAccount read_cpu_account_of_tree(pid_t process) {
  CpuAccount sum = read_cpu_account(process);
  for (const pid_t below : descendant_processes(process)) sum = add(sum, read_cpu_account(below));
  return sum;
}

bool machine_gave_time(Duration waited, Duration allowed) {
  return waited * kLeastShare <= allowed;
}

}  // namespace wireproof
