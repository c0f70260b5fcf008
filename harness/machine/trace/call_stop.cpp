#include "machine/trace/call_stop.h"

#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

#include "machine/trace/system_calls.h"

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

std::optional<user_regs_struct> read_registers(pid_t thread) {
  user_regs_struct registers{};
  iovec block{&registers, sizeof registers};
  if (::ptrace(PTRACE_GETREGSET, thread, NT_PRSTATUS, &block) != 0) return std::nullopt;
  return registers;
}

}  // namespace

// A thread that has a filter stops at an entry with it, another one without.
std::optional<CallEntry> read_call_entry(pid_t thread) {
  const auto info = read_info(thread);
  if (!info) return std::nullopt;
  CallEntry entry;
  entry.architecture = info->arch;
  if (info->op == PTRACE_SYSCALL_INFO_SECCOMP) {
    entry.number = info->seccomp.nr;
    std::copy_n(info->seccomp.args, entry.arguments.size(), entry.arguments.begin());
  } else if (info->op == PTRACE_SYSCALL_INFO_ENTRY) {
    entry.number = info->entry.nr;
    std::copy_n(info->entry.args, entry.arguments.size(), entry.arguments.begin());
  } else {
    return std::nullopt;
  }
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

#if defined(__x86_64__)
// The number is -1 outside of calls. The kernel prepares the repetition only when the thread goes
// on (arch/x86/kernel/signal.c, arch_do_signal_or_restart): here the result still tells it.
std::optional<CallEntry> read_interrupted_call(pid_t thread) {
  const auto info = read_info(thread);
  const auto registers = read_registers(thread);
  if (!info || !registers || static_cast<std::int64_t>(registers->orig_rax) < 0)
    return std::nullopt;
  if (!is_interrupted({static_cast<std::int64_t>(registers->rax), true})) return std::nullopt;
  return CallEntry{info->arch,
                   registers->orig_rax,
                   {registers->rdi, registers->rsi, registers->rdx, registers->r10, registers->r8,
                    registers->r9}};
}

bool mend_needless_interruption(pid_t thread) {
  const auto registers = read_registers(thread);
  if (!registers || static_cast<std::int64_t>(registers->rax) != -EINTR) return false;
  if (!is_broken_off_by_signals(registers->orig_rax)) return false;
  return ::ptrace(PTRACE_POKEUSER, thread, offsetof(user_regs_struct, rax), kRestartNoHandler) == 0;
}

// seccomp(2): a tracer skips a call by making its number -1.
void answer_not_implemented(pid_t thread) {
  // The result register holds -ENOSYS from the entry on (arch/x86/entry/entry_64.S).
  ::ptrace(PTRACE_POKEUSER, thread, offsetof(user_regs_struct, orig_rax), -1L);
}
#elif defined(__aarch64__)
// The kernel has prepared the repetition already (arch/arm64/kernel/signal.c, do_signal): the
// thread stands at its `svc #0` again, the arguments in place.
std::optional<CallEntry> read_interrupted_call(pid_t thread) {
  constexpr std::uint32_t kSupervisorCall = 0xd4000001;
  const auto info = read_info(thread);
  const auto registers = read_registers(thread);
  if (!info || !registers) return std::nullopt;
  errno = 0;
  const long word = ::ptrace(PTRACE_PEEKTEXT, thread, registers->pc, 0);
  if (errno != 0 || static_cast<std::uint32_t>(word) != kSupervisorCall) return std::nullopt;
  CallEntry entry;
  entry.architecture = info->arch;
  entry.number = registers->regs[8];
  std::copy_n(registers->regs, entry.arguments.size(), entry.arguments.begin());
  return entry;
}

// At the exit of a call its number is still there, in a stop by PTRACE_INTERRUPT no more: what that
// breaks off stays broken off.
bool mend_needless_interruption(pid_t thread) {
  auto registers = read_registers(thread);
  if (!registers || static_cast<std::int64_t>(registers->regs[0]) != -EINTR) return false;
  int number = -1;
  iovec call{&number, sizeof number};
  if (::ptrace(PTRACE_GETREGSET, thread, NT_ARM_SYSTEM_CALL, &call) != 0 || number < 0)
    return false;
  if (!is_broken_off_by_signals(static_cast<std::uint64_t>(number))) return false;
  registers->regs[0] = static_cast<std::uint64_t>(kRestartNoHandler);
  iovec block{&*registers, sizeof *registers};
  return ::ptrace(PTRACE_SETREGSET, thread, NT_PRSTATUS, &block) == 0;
}

// seccomp(2): a tracer skips a call by making its number -1.
void answer_not_implemented(pid_t thread) {
  auto registers = read_registers(thread);
  if (!registers) return;
  registers->regs[0] = static_cast<std::uint64_t>(-ENOSYS);
  iovec block{&*registers, sizeof *registers};
  ::ptrace(PTRACE_SETREGSET, thread, NT_PRSTATUS, &block);
  int number = -1;
  iovec call{&number, sizeof number};
  ::ptrace(PTRACE_SETREGSET, thread, NT_ARM_SYSTEM_CALL, &call);
}
#endif

}  // namespace wireproof
