#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace wireproof {

// A filter of system calls (seccomp(2)) while it is made, by libseccomp.
class CallFilterBuilder {
 public:
  // A call that no rule names passes; one of another architecture than this build's gets `foreign`
  // (SCMP_ACT_…). `attempt` is what errors name. Throws SystemError.
  CallFilterBuilder(std::string attempt, std::uint32_t foreign);
  ~CallFilterBuilder();
  CallFilterBuilder(const CallFilterBuilder&) = delete;
  CallFilterBuilder& operator=(const CallFilterBuilder&) = delete;

  // scmp_filter_ctx, for the calls of libseccomp.
  void* context() const { return context_; }
  // libseccomp returns a negative errno. Throws SystemError.
  void check(int result) const;
  // Throws SystemError.
  std::vector<sock_filter> build() const;

 private:
  std::string attempt_;
  void* context_;
};

// Of the low 32 bits of an argument: of one of the type int the kernel reads no more.
constexpr std::uint64_t kLowBits = 0xffffffffU;

// Puts the filter on the calling thread and all that it will start; no_new_privs comes with it, so
// that set-user-id programs run without their privilege. Cannot be taken off. False with errno
// when refused. Makes system calls only: for a process that was just forked.
bool install_call_filter(std::span<const sock_filter> filter);

}  // namespace wireproof
