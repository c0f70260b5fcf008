#pragma once

#include <string>
#include <vector>

#include "base/system/system_call.h"
#include "machine/trace/tracer.h"

namespace wireproof {

// Programs under one tracer, and what they were seen to do.
class TracedRun {
 public:
  // Starts a part of tests/trace/tracee_program.cpp; side and actor by the name.
  pid_t start(const std::string& actor, std::vector<std::string> arguments,
              const std::string& program = TRACEE_PROGRAM);
  // The line that the program started last has printed.
  std::string read_line();

  Tracer& tracer() { return tracer_; }
  // All calls, once `process` has ended, in the order of their entries.
  std::vector<SocketCall> end(pid_t process);
  int exit_code(pid_t process);
  // Until some thread is in a call of this name.
  SocketCall await_open_call(const std::string& name);
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  UniqueFd output_;
  std::vector<SocketCall> calls_;
  std::vector<std::string> notes_;
  Tracer tracer_;
};

// "connect 0", "recv 5", "accept -> 2", "send ECONNRESET", "recv killed by 9": what a call was and
// came to, for comparing whole logs at once. Those of one actor alone, where one is given.
std::vector<std::string> render_calls(const std::vector<SocketCall>& calls,
                                      const std::string& actor = "");
// The calls of this name.
std::vector<SocketCall> calls_named(const std::vector<SocketCall>& calls, const std::string& name);

}  // namespace wireproof
