#include "trace/call_stop.h"

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

namespace wireproof {
namespace {

// Linux include/linux/errno.h: not seen by programs, only by tracers.
constexpr std::int64_t kRestartSys = -512;           // ERESTARTSYS
constexpr std::int64_t kRestartNoInterrupt = -513;   // ERESTARTNOINTR
constexpr std::int64_t kRestartNoHandler = -514;     // ERESTARTNOHAND
constexpr std::int64_t kRestartRestartBlock = -516;  // ERESTART_RESTARTBLOCK

std::optional<__ptrace_syscall_info> read_info(pid_t thread) {
  __ptrace_syscall_info info{};
  if (::ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) <= 0) return std::nullopt;
  return info;
}

}  // namespace

std::optional<CallEntry> read_call_entry(pid_t thread) {
  const auto info = read_info(thread);
  if (!info || info->op != PTRACE_SYSCALL_INFO_SECCOMP) return std::nullopt;
  CallEntry entry;
  entry.architecture = info->arch;
  entry.number = info->seccomp.nr;
  std::copy_n(info->seccomp.args, entry.arguments.size(), entry.arguments.begin());
  return entry;
}

std::optional<CallExit> read_call_exit(pid_t thread) {
  const auto info = read_info(thread);
  if (!info || info->op != PTRACE_SYSCALL_INFO_EXIT) return std::nullopt;
  return CallExit{info->exit.rval, info->exit.is_error != 0};
}

bool is_interrupted(const CallExit& exit) {
  return exit.result == kRestartSys || exit.result == kRestartNoInterrupt ||
         exit.result == kRestartNoHandler || exit.result == kRestartRestartBlock;
}

// seccomp(2): a tracer skips a call by making its number -1.
#if defined(__x86_64__)
void answer_not_implemented(pid_t thread) {
  // The result register holds -ENOSYS from the entry on (arch/x86/entry/entry_64.S).
  ::ptrace(PTRACE_POKEUSER, thread, offsetof(user_regs_struct, orig_rax), -1L);
}
#elif defined(__aarch64__)
void answer_not_implemented(pid_t thread) {
  user_regs_struct registers{};
  iovec block{&registers, sizeof registers};
  if (::ptrace(PTRACE_GETREGSET, thread, NT_PRSTATUS, &block) != 0) return;
  registers.regs[0] = static_cast<std::uint64_t>(-ENOSYS);
  ::ptrace(PTRACE_SETREGSET, thread, NT_PRSTATUS, &block);
  int number = -1;
  iovec call{&number, sizeof number};
  ::ptrace(PTRACE_SETREGSET, thread, NT_ARM_SYSTEM_CALL, &call);
}
#endif

}  // namespace wireproof
