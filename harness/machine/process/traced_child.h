#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "base/system/unique_fd.h"
#include "machine/trace/tracer.h"
#include "result/trace_result.h"

namespace wireproof {

struct TracedLaunch {
  std::string name;
  Side side = Side::client;
  std::string command;
  std::filesystem::path folder;
  std::string input;  // fits into a pipe
};

// A program under trace: `/bin/sh -c COMMAND` in a process group of its own. Its input is a pipe
// that ends behind what is given, its output a pipe that is kept up to kMaxServerOutput bytes.
class TracedChild {
 public:
  // The tracer outlives the object. Throws SystemError.
  TracedChild(Tracer& tracer, const TracedLaunch& launch);
  // Kills what is left of its group.
  ~TracedChild();
  TracedChild(const TracedChild&) = delete;
  TracedChild& operator=(const TracedChild&) = delete;

  const std::string& name() const { return program_.name; }
  int output_fd() const { return output_read_.get(); }
  int ended_fd() const { return ended_.get(); }  // readable: it has ended
  bool has_ended();
  void drain_output();
  // SIGINT to the group, then SIGTERM, then SIGKILL; the first two have `limit` each. What one that
  // has ended already left in its group is ended, too.
  void stop(std::chrono::milliseconds limit);

  // With what it wrote by now.
  const TracedProgram& program() const { return program_; }
  std::string render_end() const;

 private:
  bool is_gone();  // with its group
  bool await_gone(std::chrono::milliseconds limit);
  void take_end(int status);

  Tracer& tracer_;
  TracedProgram program_;
  pid_t process_ = -1;
  bool ended_known_ = false;
  UniqueFd output_read_;
  UniqueFd output_write_;  // kept open, so that the read end never meets its end
  UniqueFd ended_;         // pidfd
};

}  // namespace wireproof
