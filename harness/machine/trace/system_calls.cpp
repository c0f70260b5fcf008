#include "machine/trace/system_calls.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <array>
#include <initializer_list>

#include "base/system/call_filter.h"
#include "base/system/socket_option.h"

// Numbers: the kernel's <asm/unistd.h> through SYS_…, linux-libc-dev 6.1. arm64 has no calls that
// a newer one replaces (asm-generic/unistd.h): no poll, select, epoll_wait, dup2.

namespace wireproof {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
#error "tracing knows the system calls of x86-64 and arm64"
#endif

constexpr SystemCall kCalls[] = {
    {SYS_socket, "socket", CallShape::socket},
    {SYS_bind, "bind", CallShape::bind},
    {SYS_listen, "listen", CallShape::listen},
    {SYS_accept, "accept", CallShape::accept},
    {SYS_accept4, "accept", CallShape::accept},
    {SYS_connect, "connect", CallShape::connect},
    {SYS_sendto, "sendto", CallShape::send_to},
    {SYS_recvfrom, "recvfrom", CallShape::receive_from},
    {SYS_sendmsg, "sendmsg", CallShape::send_message},
    {SYS_recvmsg, "recvmsg", CallShape::receive_message},
    {SYS_sendmmsg, "sendmmsg", CallShape::send_messages},
    {SYS_recvmmsg, "recvmmsg", CallShape::receive_messages},
    {SYS_write, "write", CallShape::write},
    {SYS_writev, "writev", CallShape::write},
    {SYS_pwritev2, "pwritev2", CallShape::write},
    {SYS_read, "read", CallShape::read},
    {SYS_readv, "readv", CallShape::read},
    {SYS_preadv2, "preadv2", CallShape::read},
    {SYS_sendfile, "sendfile", CallShape::send_file},
    {SYS_splice, "splice", CallShape::splice},
    {SYS_shutdown, "shutdown", CallShape::shutdown},
    {SYS_close, "close", CallShape::close},
    {SYS_close_range, "close_range", CallShape::close_range},
    {SYS_dup, "dup", CallShape::duplicate},
    {SYS_dup3, "dup3", CallShape::duplicate_to},
    {SYS_fcntl, "fcntl", CallShape::control},
    {SYS_ioctl, "ioctl", CallShape::io_control},
    {SYS_setsockopt, "setsockopt", CallShape::set_option},
    {SYS_ppoll, "ppoll", CallShape::poll},
    {SYS_pselect6, "pselect6", CallShape::select},
    {SYS_epoll_ctl, "epoll_ctl", CallShape::epoll_control},
    {SYS_epoll_pwait, "epoll_pwait", CallShape::epoll_wait},
    {SYS_epoll_pwait2, "epoll_pwait2", CallShape::epoll_wait},
    {SYS_io_uring_setup, "io_uring_setup", CallShape::io_uring},
    {SYS_clone, "clone", CallShape::start},
    {SYS_clone3, "clone3", CallShape::start},
    {SYS_setuid, "setuid", CallShape::privilege},
    {SYS_setgid, "setgid", CallShape::privilege},
    {SYS_setreuid, "setreuid", CallShape::privilege},
    {SYS_setregid, "setregid", CallShape::privilege},
    {SYS_setresuid, "setresuid", CallShape::privilege},
    {SYS_setresgid, "setresgid", CallShape::privilege},
    {SYS_setgroups, "setgroups", CallShape::privilege},
    {SYS_ptrace, "ptrace", CallShape::privilege},
    {SYS_restart_syscall, "restart_syscall", CallShape::restart},
    {SYS_rt_sigreturn, "rt_sigreturn", CallShape::return_from_signal},
#if defined(__x86_64__)
    {SYS_poll, "poll", CallShape::poll},
    {SYS_select, "select", CallShape::select},
    {SYS_epoll_wait, "epoll_wait", CallShape::epoll_wait},
    {SYS_dup2, "dup2", CallShape::duplicate_to},
#endif
};

// By number, null where the call is not traced.
constexpr std::size_t kNumbers = 512;
constexpr auto kByNumber = [] {
  std::array<const SystemCall*, kNumbers> table{};
  for (const SystemCall& call : kCalls) table.at(static_cast<std::size_t>(call.number)) = &call;
  return table;
}();

// Stops where the low 32 bits of the second argument have one of the values.
void stop_at(const CallFilterBuilder& filter, long number,
             std::initializer_list<unsigned long> values) {
  for (const unsigned long value : values) {
    const scmp_arg_cmp second{1, SCMP_CMP_MASKED_EQ, kLowBits, value};  // counted from 0
    filter.check(seccomp_rule_add_array(filter.context(), SCMP_ACT_TRACE(0),
                                        static_cast<int>(number), 1, &second));
  }
}

void stop_at_options(const CallFilterBuilder& filter, long number) {
  for (const SocketOption& option : kSocketOptions) {
    const auto level = static_cast<scmp_datum_t>(option.level);
    const auto name = static_cast<scmp_datum_t>(option.option);
    const scmp_arg_cmp both[] = {{1, SCMP_CMP_MASKED_EQ, kLowBits, level},
                                 {2, SCMP_CMP_MASKED_EQ, kLowBits, name}};
    filter.check(seccomp_rule_add_array(filter.context(), SCMP_ACT_TRACE(0),
                                        static_cast<int>(number), 2, both));
  }
}

// clone3 has its flags in memory, where a filter cannot look.
void stop_at_start(const CallFilterBuilder& filter, long number) {
  const scmp_arg_cmp untraced{0, SCMP_CMP_MASKED_EQ, CLONE_UNTRACED, CLONE_UNTRACED};
  const unsigned int count = number == SYS_clone ? 1 : 0;
  filter.check(seccomp_rule_add_array(filter.context(), SCMP_ACT_TRACE(0), static_cast<int>(number),
                                      count, &untraced));
}

void add_rules(const CallFilterBuilder& filter) {
  for (const SystemCall& call : kCalls) {
    if (call.shape == CallShape::control) {
      stop_at(filter, call.number, {F_DUPFD, F_DUPFD_CLOEXEC, F_SETFL});
    } else if (call.shape == CallShape::io_control) {
      stop_at(filter, call.number, {FIONBIO});
    } else if (call.shape == CallShape::set_option) {
      stop_at_options(filter, call.number);
    } else if (call.shape == CallShape::start) {
      stop_at_start(filter, call.number);
    } else {
      filter.check(
          seccomp_rule_add(filter.context(), SCMP_ACT_TRACE(0), static_cast<int>(call.number), 0));
    }
  }
}

}  // namespace

std::span<const SystemCall> traced_system_calls() {
  return kCalls;
}

const SystemCall* find_system_call(std::uint64_t number) {
  return number < kNumbers ? kByNumber[number] : nullptr;
}

bool is_broken_off_by_signals(std::uint64_t number) {
  switch (number) {
    case SYS_semop:
    case SYS_semtimedop:
    case SYS_rt_sigtimedwait:
    case SYS_io_getevents:
      return true;
    default:
      break;
  }
  const SystemCall* call = find_system_call(number);
  if (call == nullptr) return false;
  switch (call->shape) {
    case CallShape::accept:
    case CallShape::connect:
    case CallShape::send_to:
    case CallShape::receive_from:
    case CallShape::send_message:
    case CallShape::receive_message:
    case CallShape::send_messages:
    case CallShape::receive_messages:
    case CallShape::write:
    case CallShape::read:
    case CallShape::send_file:
    case CallShape::splice:
    case CallShape::epoll_wait:
      return true;
    default:
      return false;
  }
}

std::uint32_t native_architecture() {
  return kArchitecture;
}

std::vector<sock_filter> build_call_filter() {
  // A program of another architecture must not pass unseen: it stops, and is reported.
  const CallFilterBuilder filter("build the filter of traced calls", SCMP_ACT_TRACE(0));
  add_rules(filter);
  return filter.build();
}

}  // namespace wireproof
