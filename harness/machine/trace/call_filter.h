#pragma once

#include <linux/filter.h>

#include <span>
#include <vector>

namespace wireproof {

// The program that stops a process at the calls of traced_system_calls() (SECCOMP_RET_TRACE) and
// lets all others pass. Of fcntl and ioctl only what concerns sockets stops. Throws SystemError.
std::vector<sock_filter> build_call_filter();

// Puts the filter on the calling thread and all that it will start; no_new_privs comes with it, so
// that set-user-id programs run without their privilege. Cannot be taken off. False with errno
// when refused. Makes system calls only: for a process that was just forked.
bool install_call_filter(std::span<sock_filter> filter);

}  // namespace wireproof
