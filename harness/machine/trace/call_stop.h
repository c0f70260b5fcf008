#pragma once

#include <sys/types.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <optional>

namespace wireproof {

// The signal of a stop at a call, by PTRACE_O_TRACESYSGOOD.
constexpr int kSyscallStop = SIGTRAP | 0x80;
// PTRACE_EVENT_STOP with this signal: the whole process is stopped by it until SIGCONT.
constexpr bool is_group_stop(int signal) {
  return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

// What a thread that is stopped at the entry of a system call asks for.
struct CallEntry {
  std::uint32_t architecture = 0;  // AUDIT_ARCH_…
  std::uint64_t number = 0;
  std::array<std::uint64_t, 6> arguments{};

  bool operator==(const CallEntry&) const = default;

  // Of the types int and unsigned int: the kernel reads the low half of the register.
  int int_argument(std::size_t index) const { return static_cast<int>(flag_argument(index)); }
  std::uint32_t flag_argument(std::size_t index) const {
    return static_cast<std::uint32_t>(arguments[index]);
  }
};

// What the kernel answers, when it is stopped at the exit.
struct CallExit {
  std::int64_t result = 0;  // -errno where it failed
  bool failed = false;
};

// PTRACE_GET_SYSCALL_INFO (Linux 5.3). Nothing when the thread is not stopped there, or is gone.
std::optional<CallEntry> read_call_entry(pid_t thread);
std::optional<CallExit> read_call_exit(pid_t thread);

// Of a thread that PTRACE_INTERRUPT has stopped: the call that it was in and will make again.
std::optional<CallEntry> read_interrupted_call(pid_t thread);

// Whether the kernel will go on with the call by itself once the signal that interrupted it has
// been dealt with, unless the signal's handler makes it fail with EINTR.
bool is_interrupted(const CallExit& exit);

// A traced program is woken by signals that it ignores, and by the tracer's interruption. Most
// calls are then made again; those of signal(7), "Interruption of system calls and library
// functions by stop signals", would fail with EINTR, which the program without a tracer never sees.
// The thread is stopped after such a failure: lets it make the call again, unless a handler of the
// program runs. True where there was something to mend.
bool mend_needless_interruption(pid_t thread);

// The thread is stopped at an entry: the call is not made and fails with ENOSYS.
void answer_not_implemented(pid_t thread);

}  // namespace wireproof
