#pragma once

#include <sys/types.h>

#include "machine/host/sandbox.h"
#include "machine/process/server_process.h"
#include "machine/process/shell_command.h"

namespace wireproof {

// What the forked process does: own process group, dies with `parent`, signals as a program
// finds them, output to `output_fd`, all other descriptors closed, then serves. Never returns.
// `command` is null for a server that is ours.
[[noreturn]] void become_server(const ServerLaunch& launch, const PreparedCommand* command,
                                pid_t parent, int output_fd, int ready_fd);

// In a forked process: what the sandbox refuses is written to `output_fd`, and the process ends.
void enter_sandbox(const Sandbox& sandbox, int output_fd);

// What comes over the environment of a program that is started there; null: outside.
std::vector<std::string> environment_of(const Sandbox* sandbox);

// In a forked process: whether the process that forked it has ended.
bool has_lost_parent(pid_t parent);

// Signals as a program finds them that a shell starts.
void reset_signals();

}  // namespace wireproof
