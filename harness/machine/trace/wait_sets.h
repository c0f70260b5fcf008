#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "machine/trace/call_stop.h"
#include "machine/trace/socket_book.h"
#include "packets/flow/socket_call.h"

namespace wireproof {

// Of a descriptor of the process the socket that it names, 0: none that counts.
using SocketLookup = std::function<std::uint64_t(int descriptor)>;

// The sockets among the entries of poll: what it waits for at its entry, what it found at its exit.
enum class WaitMoment : std::uint8_t { entry, exit };
std::vector<WatchedSocket> read_poll_entries(pid_t process, const CallEntry& entry,
                                             WaitMoment moment, const SocketLookup& lookup);

// The sockets in the sets of select, which the kernel overwrites by what it found.
std::vector<WatchedSocket> read_select_sets(pid_t process, const CallEntry& entry,
                                            const SocketLookup& lookup);

std::vector<WatchedSocket> list_epoll_interest(const EpollSet& set);

// What epoll_wait returned, by the data with which the descriptors were added.
std::vector<WatchedSocket> read_epoll_events(pid_t process, const CallEntry& entry,
                                             std::int64_t count, const EpollSet& set);

}  // namespace wireproof
