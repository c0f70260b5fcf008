#include "machine/trace/call_filter.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <initializer_list>
#include <memory>

#include "base/system/system_call.h"
#include "base/system/unique_fd.h"
#include "machine/trace/system_calls.h"

namespace wireproof {
namespace {

using FilterContext = std::unique_ptr<void, decltype(&seccomp_release)>;

// libseccomp returns a negative errno.
void check(int result) {
  if (result < 0) throw SystemError("build the filter of traced calls", -result);
}

// Stops where the low 32 bits of an argument have one of the values: the kernel reads no more.
void stop_at(scmp_filter_ctx context, long number, std::initializer_list<unsigned long> values) {
  constexpr scmp_datum_t kLow = 0xffffffffU;
  for (const unsigned long value : values) {
    check(seccomp_rule_add(context, SCMP_ACT_TRACE(0), static_cast<int>(number), 1,
                           SCMP_A1(SCMP_CMP_MASKED_EQ, kLow, value)));
  }
}

void add_rules(scmp_filter_ctx context) {
  for (const SystemCall& call : traced_system_calls()) {
    if (call.shape == CallShape::control) {
      stop_at(context, call.number, {F_DUPFD, F_DUPFD_CLOEXEC, F_SETFL});
    } else if (call.shape == CallShape::io_control) {
      stop_at(context, call.number, {FIONBIO});
    } else {
      check(seccomp_rule_add(context, SCMP_ACT_TRACE(0), static_cast<int>(call.number), 0));
    }
  }
}

}  // namespace

std::vector<sock_filter> build_call_filter() {
  const FilterContext context(seccomp_init(SCMP_ACT_ALLOW), seccomp_release);
  if (!context) throw SystemError("build the filter of traced calls", ENOMEM);
  // A program of another architecture must not pass unseen: it stops, and is reported.
  check(seccomp_attr_set(context.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_TRACE(0)));
  check(seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2));  // a binary tree
  add_rules(context.get());
  const UniqueFd file(static_cast<int>(
      check_call(::memfd_create("wireproof-filter", MFD_CLOEXEC), "keep the filter")));
  check(seccomp_export_bpf(context.get(), file.get()));
  const auto size =
      static_cast<std::size_t>(check_call(::lseek(file.get(), 0, SEEK_END), "size of the filter"));
  std::vector<sock_filter> filter(size / sizeof(sock_filter));
  check_call(::pread(file.get(), filter.data(), size, 0), "read the filter");
  return filter;
}

bool install_call_filter(std::span<sock_filter> filter) {
  sock_fprog program{};
  program.len = static_cast<unsigned short>(filter.size());
  program.filter = filter.data();
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace wireproof
