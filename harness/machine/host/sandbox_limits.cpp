#include "machine/host/sandbox_limits.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/system/system_call.h"

namespace wireproof {
namespace {

constexpr const char* kHint = "; --no-sandbox starts the program without protection";
constexpr rlim_t kOpenFiles = 1024;
constexpr rlim_t kOwnProcesses = 2;  // the session's and the keeper, in the same user namespace

bool limit(__rlimit_resource resource, rlim_t value) {
  rlimit wanted{};
  if (::getrlimit(resource, &wanted) != 0) return false;
  if (wanted.rlim_max != RLIM_INFINITY && wanted.rlim_max < value) value = wanted.rlim_max;
  wanted.rlim_cur = wanted.rlim_max = value;
  return ::setrlimit(resource, &wanted) == 0;
}

}  // namespace

void refuse_sandbox(const std::string& attempt, int error_number) {
  throw SystemError("protect this machine from the program (" + attempt + kHint + ")",
                    error_number);
}

bool set_sandbox_limits(const SandboxLimits& limits) {
  return limit(RLIMIT_NPROC, limits.processes + kOwnProcesses) &&
         limit(RLIMIT_FSIZE, limits.file_bytes) &&
         limit(RLIMIT_CPU, static_cast<rlim_t>(limits.cpu.count())) &&
         limit(RLIMIT_NOFILE, kOpenFiles) && limit(RLIMIT_CORE, 0);
}

bool drop_capabilities() {
  for (int capability = 0; capability <= CAP_LAST_CAP; ++capability) {
    // A kernel that is older than its headers knows fewer.
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EINVAL) return false;
  }
  return give_up_capabilities();
}

bool give_up_capabilities() {
  __user_cap_header_struct header{};
  header.version = _LINUX_CAPABILITY_VERSION_3;
  const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  return ::syscall(SYS_capset, &header, none.data()) == 0;
}

void offer_to_be_killed_first() {
  const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  [[maybe_unused]] const ssize_t written = ::write(file, "1000", 4);
  ::close(file);
}

}  // namespace wireproof
