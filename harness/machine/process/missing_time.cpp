#include "machine/process/missing_time.h"

#include <algorithm>
#include <vector>

namespace wireproof {

void MissingTime::see(const std::map<pid_t, CpuAccount>& accounts, bool is_asleep, Time now) {
  bool has_run = false;
  for (const auto& [process, account] : accounts) {
    CpuAccount& known = accounts_[process];
    has_run = has_run || account.ran > known.ran;
    // Threads that have ended are missing in it.
    known = {std::max(known.ran, account.ran), std::max(known.waited, account.waited)};
  }
  const bool is_stuck = !has_run && !is_asleep;
  lasting_ = is_stuck ? lasting_ + (now - looked_) : Duration(0);
  if (is_stuck) stuck_ += now - looked_;
  looked_ = now;
}

Duration MissingTime::sum() const {
  Duration waited = lasting_;
  for (const auto& [process, account] : accounts_) waited += account.waited;
  return std::max(waited, stuck_);
}

Duration MissingTime::ran() const {
  Duration ran{};
  for (const auto& [process, account] : accounts_) ran += account.ran;
  return ran;
}

void see_tree(pid_t process, MissingTime& missing) {
  std::vector<pid_t> processes = descendant_processes(process);
  processes.push_back(process);
  std::map<pid_t, CpuAccount> accounts;
  for (const pid_t each : processes) accounts[each] = read_cpu_account(each);
  missing.see(accounts, is_tree_asleep(process), Deadline::Clock::now());
}

}  // namespace wireproof
