#include "base/system/call_filter.h"

#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/system/system_call.h"

namespace wireproof {

CallFilterBuilder::CallFilterBuilder(std::string attempt, std::uint32_t foreign)
    : attempt_(std::move(attempt)), context_(seccomp_init(SCMP_ACT_ALLOW)) {
  if (context_ == nullptr) throw SystemError(attempt_, ENOMEM);
  check(seccomp_attr_set(context_, SCMP_FLTATR_ACT_BADARCH, foreign));
  check(seccomp_attr_set(context_, SCMP_FLTATR_CTL_OPTIMIZE, 2));  // a binary tree
}

CallFilterBuilder::~CallFilterBuilder() {
  seccomp_release(context_);
}

void CallFilterBuilder::check(int result) const {
  if (result < 0) throw SystemError(attempt_, -result);
}

std::vector<sock_filter> CallFilterBuilder::build() const {
  const UniqueFd file = check_descriptor(::memfd_create("wireproof-filter", MFD_CLOEXEC), attempt_);
  check(seccomp_export_bpf(context_, file.get()));
  const auto size =
      static_cast<std::size_t>(check_call(::lseek(file.get(), 0, SEEK_END), attempt_));
  std::vector<sock_filter> filter(size / sizeof(sock_filter));
  check_call(::pread(file.get(), filter.data(), size, 0), attempt_);
  return filter;
}

bool install_call_filter(std::span<const sock_filter> filter) {
  sock_fprog program{};
  program.len = static_cast<unsigned short>(filter.size());
  program.filter = const_cast<sock_filter*>(filter.data());  // the interface's own; it is read only
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace wireproof
