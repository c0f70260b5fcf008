#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "base/system/socket_address.h"
#include "base/text/address.h"
#include "machine/trace/call_stop.h"
#include "machine/trace/socket_book.h"
#include "packets/flow/socket_call.h"

namespace wireproof {

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
