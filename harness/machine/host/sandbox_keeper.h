#pragma once

#include "machine/host/sandbox.h"

namespace wireproof {

// What the first process of a sandbox writes first: that all is made, or that something was
// refused, followed by what. After kKeeperReady: why it ended everything.
constexpr char kKeeperReady = 'R';
constexpr char kKeeperRefused = 'E';

// The first process of a pid namespace: makes the file system, says so to `report_fd`, and then
// looks after the limits until one is exceeded or nobody reads `report_fd` any more. With its end
// the kernel ends all others. Takes children whose parents are gone. Never returns.
[[noreturn]] void keep_sandbox(const SandboxRequest& request, NetworkKind network, int report_fd);

}  // namespace wireproof
