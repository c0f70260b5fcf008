#include "machine/trace/tracee_memory.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/uio.h>

#include <algorithm>
#include <map>

namespace wireproof {

std::size_t read_tracee_bytes(pid_t thread, std::uint64_t address, std::span<std::byte> into) {
  iovec local{into.data(), into.size()};
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

}  // namespace wireproof
