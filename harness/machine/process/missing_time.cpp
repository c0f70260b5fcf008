#include "machine/process/missing_time.h"

#include <algorithm>
#include <vector>

namespace wireproof {

MissingTime::MissingTime(Time begun, const TreeLook& before)
    : waited_(before.waited), looked_(begun), last_ran_(before.ran) {
  for (const auto& [process, waited] : before.waited) waited_before_ += waited;
}

void MissingTime::see(const TreeLook& look, Time now) {
  for (const auto& [process, waited] : look.waited) {
    Duration& known = waited_[process];
    known = std::max(known, waited);  // threads that have ended are missing in it
  }
  const Duration passed = now - looked_;
  // What a child ran that nobody waited for is missing in it once the child has ended.
  const Duration ran = std::max(look.ran - last_ran_, Duration(0));
  lasting_ = ran == Duration(0) && !look.is_asleep ? lasting_ + passed : Duration(0);
  if (!look.is_asleep) awake_ += passed;
  ran_ += ran;
  last_ran_ = look.ran;
  looked_ = now;
}

Duration MissingTime::sum() const {
  Duration waited = lasting_ - waited_before_;
  for (const auto& [process, all] : waited_) waited += all;
  return std::max({waited, awake_ - ran_, Duration(0)});
}

TreeLook look_at_tree(pid_t process) {
  std::vector<pid_t> processes = descendant_processes(process);
  processes.push_back(process);
  TreeLook look;
  for (const pid_t each : processes) {
    look.waited[each] = read_cpu_account(each).waited;
    look.ran += read_cpu_time(each);
  }
  look.is_asleep = is_tree_asleep(process);
  return look;
}

}  // namespace wireproof
