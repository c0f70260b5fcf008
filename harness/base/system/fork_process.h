#pragma once

#include <sys/types.h>

#include <functional>

namespace wireproof {

// Makes a child process that runs the body and ends with its result as exit code; its id. Throws
// SystemError.
using Fork = std::function<pid_t(const std::function<int()>& body)>;

pid_t fork_process(const std::function<int()>& body);

// For a body that executes a program, which most of the price of fork() is wasted on (vfork(2)):
// until then the child uses this process's memory, and this thread waits for it. What the body
// leaves in memory stays; descriptors, folder, signals, limits and namespaces are the child's own.
pid_t vfork_process(const std::function<int()>& body);

}  // namespace wireproof
