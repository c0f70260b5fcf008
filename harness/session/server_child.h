#pragma once

#include <sys/types.h>

#include "session/server_process.h"

namespace wireproof {

// What the forked process does: own process group, dies with `parent`, signals as a program
// finds them, output to `output_fd`, all other descriptors closed, then serves. Never returns.
[[noreturn]] void become_server(const ServerLaunch& launch, pid_t parent, int output_fd,
                                int ready_fd);

// Signals as a program finds them that a shell starts.
void reset_signals();

}  // namespace wireproof
