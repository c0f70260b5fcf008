#pragma once

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <optional>

namespace wireproof {

// What a thread that is stopped at the entry of a system call asks for.
struct CallEntry {
  std::uint32_t architecture = 0;  // AUDIT_ARCH_…
  std::uint64_t number = 0;
  std::array<std::uint64_t, 6> arguments{};

  bool operator==(const CallEntry&) const = default;
};

// What the kernel answers, when it is stopped at the exit.
struct CallExit {
  std::int64_t result = 0;  // -errno where it failed
  bool failed = false;
};

// PTRACE_GET_SYSCALL_INFO (Linux 5.3). Nothing when the thread is not stopped there, or is gone.
std::optional<CallEntry> read_call_entry(pid_t thread);
std::optional<CallExit> read_call_exit(pid_t thread);

// Whether the kernel will go on with the call by itself once the signal that interrupted it has
// been dealt with, unless the signal's handler makes it fail with EINTR.
bool is_interrupted(const CallExit& exit);

// The thread is stopped at an entry: the call is not made and fails with ENOSYS.
void answer_not_implemented(pid_t thread);

}  // namespace wireproof
