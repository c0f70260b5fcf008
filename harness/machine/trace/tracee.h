#pragma once

#include <sys/types.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "base/system/socket_address.h"
#include "base/text/address.h"
#include "machine/trace/socket_book.h"
#include "packets/flow/socket_call.h"

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

// The thread is stopped at the entry of clone or clone3: what it starts is traced, too, also where
// the program asks for CLONE_UNTRACED.
void trace_what_is_started(pid_t thread, const CallEntry& entry);

// Memory of a process that this one traces, read by process_vm_readv through one of its threads:
// the one that is stopped, since the first may have ended and has no memory then (ESRCH). An
// address is what the process gave to the kernel: it may be wrong, and then there is nothing to
// read.

// The count of bytes read; less than asked for where the memory ends.
std::size_t read_tracee_bytes(pid_t thread, std::uint64_t address, std::span<std::byte> into);

template <class Value>
std::optional<Value> read_tracee_value(pid_t thread, std::uint64_t address) {
  static_assert(std::is_trivially_copyable_v<Value>);
  Value value{};
  const auto bytes = std::as_writable_bytes(std::span(&value, 1));
  if (address == 0 || read_tracee_bytes(thread, address, bytes) != bytes.size()) {
    return std::nullopt;
  }
  return value;
}

// As many of `count` values as can be read, at most kMaxTraceeValues.
constexpr std::size_t kMaxTraceeValues = 65536;
template <class Value>
std::vector<Value> read_tracee_values(pid_t thread, std::uint64_t address, std::uint64_t count) {
  static_assert(std::is_trivially_copyable_v<Value>);
  if (address == 0 || count == 0) return {};
  std::vector<Value> values(count < kMaxTraceeValues ? count : kMaxTraceeValues);
  const auto bytes = std::as_writable_bytes(std::span(values));
  values.resize(read_tracee_bytes(thread, address, bytes) / sizeof(Value));
  return values;
}

// A sockaddr of the families AF_INET and AF_INET6; an IPv4-mapped address as its IPv4 form.
std::optional<Endpoint> read_tracee_endpoint(pid_t thread, std::uint64_t address,
                                             std::uint64_t size);
std::optional<Endpoint> read_unmapped(const SocketAddress& address);

// Of a descriptor of the process the socket that it names, 0: none that counts.
using SocketLookup = std::function<std::uint64_t(int descriptor)>;

// The sockets among the entries of poll: what it waits for at its entry, what it found at its exit.
enum class WaitMoment : std::uint8_t { entry, exit };
std::vector<WatchedSocket> read_poll_entries(pid_t thread, const CallEntry& entry,
                                             WaitMoment moment, const SocketLookup& lookup);

// The sockets in the sets of select, which the kernel overwrites by what it found.
std::vector<WatchedSocket> read_select_sets(pid_t thread, const CallEntry& entry,
                                            const SocketLookup& lookup);

std::vector<WatchedSocket> list_epoll_interest(const EpollSet& set);

// What epoll_wait returned, by the data with which the descriptors were added.
std::vector<WatchedSocket> read_epoll_events(pid_t thread, const CallEntry& entry,
                                             std::int64_t count, const EpollSet& set);

}  // namespace wireproof
