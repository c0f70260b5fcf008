#include "machine/host/address_space.h"

#include <sys/resource.h>

#include <algorithm>
#include <vector>

#include "base/system/proc.h"
#include "machine/host/child_processes.h"

namespace wireproof {
namespace {

// Of a process that is gone all there can be.
std::uint64_t most_address_space(pid_t process) {
  const auto kibibytes = ProcessStatus(process).number("VmPeak");
  return kibibytes ? static_cast<std::uint64_t>(*kibibytes) * kBytesPerKib : RLIM_INFINITY;
}

}  // namespace

std::optional<std::uint64_t> address_space_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_cur;
}

bool may_lack_address_space(pid_t process, std::uint64_t limit_bytes) {
  std::vector<pid_t> tree = descendant_processes(process);
  tree.push_back(process);
  const std::uint64_t enough = limit_bytes - std::min(limit_bytes, kThreadReserve);
  return std::ranges::any_of(tree,
                             [enough](pid_t each) { return most_address_space(each) > enough; });
}

}  // namespace wireproof
