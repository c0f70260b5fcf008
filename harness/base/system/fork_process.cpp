#include "base/system/fork_process.h"

#include <unistd.h>

#include "base/system/system_call.h"

namespace wireproof {

pid_t fork_process(const std::function<int()>& body) {
  const auto process = static_cast<pid_t>(check_call(::fork(), "fork a process"));
  if (process == 0) ::_exit(body());
  return process;
}

// The frame must outlive the child's use of it: the child never returns from here.
pid_t vfork_process(const std::function<int()>& body) {
  const pid_t process = ::vfork();
  if (process == 0) ::_exit(body());
  check_call(process, "fork a process");
  return process;
}

}  // namespace wireproof
