#pragma once

#include <linux/filter.h>

#include <filesystem>
#include <vector>

#include "base/system/system_call.h"
#include "machine/host/sandbox.h"

namespace wireproof {

// What mounts cannot keep a program from: a read-only mount forbids neither to connect to a UNIX
// socket in it nor to write into a FIFO, and some kinds of the kernel's objects are in no
// namespace. docs/security.md lists what is closed and what stays open.

// The calls that are refused in a sandbox, as a filter. Throws SystemError.
//
// - socket() of another family than IPv4, IPv6 and netlink (which getifaddrs() asks): AF_VSOCK
// leads
//   to the hypervisor, AF_ALG and others into the kernel. A UNIX socket could be connected to any
//   path that is in sight, and an argument in memory no filter can read: of these there are pairs
//   alone, connected for good; so not of datagrams, which may be sent to any path.
// - keyrings, which are the user's and not a namespace's.
// - memfd_create(): such memory belongs to no process that could be looked at.
// - io_uring, which makes calls that no filter and no tracer sees.
std::vector<sock_filter> build_sandbox_filter();

// The same, and what namespaces would close: no signal to all processes at once, and nothing of
// System V's or POSIX's queues, which are the machine's.
std::vector<sock_filter> build_reduced_filter();

// Whether the kernel has Landlock, and one by which files may be renamed from one folder to another
// (Linux 5.19).
bool has_write_rules();

// Landlock rules by which only what lies below /tmp and /dev of `root` can be opened to be written:
// nothing that is read-only is lost, and FIFOs elsewhere are closed. None (-1) where there are no
// such rules. Throws SystemError.
UniqueFd make_write_rules(const std::filesystem::path& root);

// Landlock rules for a file system that is not read-only: all that makes, changes or removes files
// is refused but in this folder and, as far as files there go, in /dev/shm; since Linux 6.12
// signals go to programs under the same rules alone. What lies in a hidden folder of the request
// cannot be read or executed but for what it shows. None (-1) where there are no such rules. Throws
// SystemError.
UniqueFd make_reduced_rules(const std::filesystem::path& folder, const SandboxRequest& request);

// Binds the calling process to both, for good. -1 and none: to nothing. False with errno when
// refused. Makes system calls only.
bool close_walls(int write_rules, const std::vector<sock_filter>& filter);

}  // namespace wireproof
