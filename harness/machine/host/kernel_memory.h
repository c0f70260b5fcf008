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
// kernel does not list (without unix_diag) counts nothing.
std::uint64_t read_socket_buffer_bytes();

}  // namespace wireproof
