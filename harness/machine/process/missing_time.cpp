#include "machine/process/missing_time.h"

#include <algorithm>
#include <vector>

namespace wireproof {

void MissingTime::see(const Look& look, Time now) {
  for (const auto& [process, account] : look.accounts) {
    CpuAccount& known = accounts_[process];
    // Threads that have ended are missing in it.
    known = {std::max(known.ran, account.ran), std::max(known.waited, account.waited)};
  }
  const Duration passed = now - looked_;
  const Duration ran = std::max(look.ran - ran_, Duration(0));
  lasting_ = ran == Duration(0) && !look.is_asleep ? lasting_ + passed : Duration(0);
  if (!look.is_asleep) stuck_ += std::max(passed - ran, Duration(0));
  ran_ += ran;
  looked_ = now;
}

Duration MissingTime::sum() const {
  Duration waited = lasting_;
  for (const auto& [process, account] : accounts_) waited += account.waited;
  return std::max(waited, stuck_);
}

void see_tree(pid_t process, MissingTime& missing) {
  std::vector<pid_t> processes = descendant_processes(process);
  processes.push_back(process);
  MissingTime::Look look;
  for (const pid_t each : processes) {
    look.accounts[each] = read_cpu_account(each);
    look.ran += read_cpu_time(each);
  }
  look.is_asleep = is_tree_asleep(process);
  missing.see(look, Deadline::Clock::now());
}

}  // namespace wireproof
