#pragma once

#include <cstdint>
#include <string_view>

namespace wireproof {

// Memory that the kernel holds for programs and that no process has mapped, in bytes.

// The objects of System V in this process's IPC namespace: segments that nobody has attached,
// messages that wait, semaphores.
std::uint64_t read_system_v_bytes();
// Of the files shm, msg and sem of /proc/sysvipc. Pure.
std::uint64_t add_system_v(std::string_view shm, std::string_view msg, std::string_view sem);

// What waits in the sockets of this process's network namespace, TCP, UDP and UNIX. A kind that the
// kernel does not list (without unix_diag) counts nothing. To list those of TCP and UDP takes
// milliseconds: where all of the machine have no more than `few_bytes`, they count nothing either.
std::uint64_t read_socket_buffer_bytes(std::uint64_t few_bytes);
// Of /proc/net/sockstat: of TCP and UDP, the machine's, in pages. Pure.
std::uint64_t socket_pages(std::string_view sockstat);

}  // namespace wireproof
