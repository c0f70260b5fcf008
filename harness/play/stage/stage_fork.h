#pragma once

#include <sys/types.h>

#include <functional>

#include "base/system/unique_fd.h"

namespace wireproof {

struct ForkedStage {
  pid_t process = -1;
  UniqueFd link;  // our end; the other end is the stage's, and closes with it
};

// Forks a process that runs `body` with its end of a link and ends. It leads a group of its own,
// ignores Ctrl-C, ends with its parent, and has no other descriptor but the standard ones. Throws
// SystemError.
ForkedStage fork_stage(const std::function<void(const UniqueFd& link)>& body);

}  // namespace wireproof
