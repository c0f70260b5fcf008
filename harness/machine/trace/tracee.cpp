#include "machine/trace/tracee.h"

#include <elf.h>
#include <poll.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/ptrace.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <map>

#include "machine/trace/system_calls.h"

namespace wireproof {

std::size_t read_tracee_bytes(pid_t thread, std::uint64_t address, std::span<std::byte> into) {
  iovec local{into.data(), into.size()};
  // NOLINTNEXTLINE(performance-no-int-to-ptr): an address of the other process
  iovec remote{reinterpret_cast<void*>(address), into.size()};
  const ssize_t size = ::process_vm_readv(thread, &local, 1, &remote, 1, 0);
  return size < 0 ? 0 : static_cast<std::size_t>(size);
}

std::optional<Endpoint> read_tracee_endpoint(pid_t thread, std::uint64_t address,
                                             std::uint64_t size) {
  if (address == 0) return std::nullopt;
  SocketAddress read;
  const auto room = std::as_writable_bytes(std::span(&read.storage, 1));
  const std::size_t asked = std::min<std::uint64_t>(size, room.size());
  read.size = static_cast<socklen_t>(read_tracee_bytes(thread, address, room.first(asked)));
  return read_unmapped(read);
}

std::optional<Endpoint> read_unmapped(const SocketAddress& address) {
  auto endpoint = read_socket_address(address);
  if (endpoint) endpoint->address = unmap_ipv4(endpoint->address);
  return endpoint;
}

namespace {

// EPOLLIN and its like have the values of POLLIN and its like (Linux
// include/uapi/linux/eventpoll.h).
constexpr std::uint32_t kReadAsked = POLLIN | POLLPRI | POLLRDNORM | POLLRDHUP;
constexpr std::uint32_t kReadFound = kReadAsked | POLLHUP | POLLERR;
constexpr std::uint32_t kWrite = POLLOUT | POLLWRNORM;

constexpr std::uint64_t kWordBits = 8 * sizeof(unsigned long);

std::uint32_t bits(short events) {
  return static_cast<std::uint32_t>(static_cast<unsigned short>(events));
}

// The bits of one set of select; longer than fd_set where the program asks for more descriptors.
std::vector<unsigned long> read_set(pid_t thread, std::uint64_t address, std::uint64_t count) {
  return read_tracee_values<unsigned long>(thread, address, (count + kWordBits - 1) / kWordBits);
}

bool has_bit(const std::vector<unsigned long>& set, std::uint64_t bit) {
  return bit / kWordBits < set.size() && ((set[bit / kWordBits] >> (bit % kWordBits)) & 1U) != 0;
}

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

// Of the call at whose entry the thread is stopped.
void set_first_argument(pid_t thread, std::uint64_t value) {
#if defined(__x86_64__)
  ::ptrace(PTRACE_POKEUSER, thread, offsetof(user_regs_struct, rdi), value);
#elif defined(__aarch64__)
  auto registers = read_registers(thread);
  if (!registers) return;
  registers->regs[0] = value;
  iovec block{&*registers, sizeof *registers};
  ::ptrace(PTRACE_SETREGSET, thread, NT_PRSTATUS, &block);
#endif
}

}  // namespace

std::vector<WatchedSocket> read_poll_entries(pid_t thread, const CallEntry& entry,
                                             WaitMoment moment, const SocketLookup& lookup) {
  std::vector<WatchedSocket> watched;
  for (const pollfd& polled :
       read_tracee_values<pollfd>(thread, entry.arguments[0], entry.arguments[1])) {
    if (polled.fd < 0) continue;
    const bool found = moment == WaitMoment::exit;
    const std::uint32_t events = bits(found ? polled.revents : polled.events);
    if (found && events == 0) continue;
    const std::uint64_t socket = lookup(polled.fd);
    if (socket == 0) continue;
    watched.push_back({socket, polled.fd, (events & (found ? kReadFound : kReadAsked)) != 0,
                       (events & kWrite) != 0});
  }
  return watched;
}

std::vector<WatchedSocket> read_select_sets(pid_t thread, const CallEntry& entry,
                                            const SocketLookup& lookup) {
  const std::uint64_t count = std::min<std::uint64_t>(entry.arguments[0], kMaxTraceeValues);
  const auto reads = read_set(thread, entry.arguments[1], count);
  const auto writes = read_set(thread, entry.arguments[2], count);
  const auto exceptions = read_set(thread, entry.arguments[3], count);
  std::vector<WatchedSocket> watched;
  for (std::uint64_t bit = 0; bit < count; ++bit) {
    const bool read = has_bit(reads, bit) || has_bit(exceptions, bit);
    const bool write = has_bit(writes, bit);
    if (!read && !write) continue;
    const int descriptor = static_cast<int>(bit);
    const std::uint64_t socket = lookup(descriptor);
    if (socket != 0) watched.push_back({socket, descriptor, read, write});
  }
  return watched;
}

std::vector<WatchedSocket> list_epoll_interest(const EpollSet& set) {
  std::vector<WatchedSocket> watched;
  for (const auto& [descriptor, interest] : set) {
    if (interest.socket == 0) continue;
    watched.push_back({interest.socket, descriptor, (interest.events & kReadAsked) != 0,
                       (interest.events & kWrite) != 0});
  }
  return watched;
}

std::vector<WatchedSocket> read_epoll_events(pid_t thread, const CallEntry& entry,
                                             std::int64_t count, const EpollSet& set) {
  std::multimap<std::uint64_t, int> by_data;
  for (const auto& [descriptor, interest] : set) {
    if (interest.socket != 0) by_data.emplace(interest.data, descriptor);
  }
  std::vector<WatchedSocket> ready;
  for (const epoll_event& event : read_tracee_values<epoll_event>(
           thread, entry.arguments[1], static_cast<std::uint64_t>(count))) {
    const std::uint64_t data = event.data.u64;
    const auto [first, last] = by_data.equal_range(data);
    for (auto found = first; found != last; ++found) {
      ready.push_back({set.at(found->second).socket, found->second,
                       (event.events & kReadFound) != 0, (event.events & kWrite) != 0});
    }
  }
  return ready;
}

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

void trace_what_is_started(pid_t thread, const CallEntry& entry) {
  constexpr std::uint64_t kUntraced = CLONE_UNTRACED;
  if (entry.number == SYS_clone) {
    if ((entry.arguments[0] & kUntraced) != 0) {
      set_first_argument(thread, entry.arguments[0] & ~kUntraced);
    }
    return;
  }
  // clone3(2): the flags come first in its arguments.
  const auto flags = read_tracee_value<std::uint64_t>(thread, entry.arguments[0]);
  if (!flags || (*flags & kUntraced) == 0) return;
  std::uint64_t cleared = *flags & ~kUntraced;
  iovec local{&cleared, sizeof cleared};
  // NOLINTNEXTLINE(performance-no-int-to-ptr): an address of the other process
  iovec remote{reinterpret_cast<void*>(entry.arguments[0]), sizeof cleared};
  ::process_vm_writev(thread, &local, 1, &remote, 1, 0);
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
