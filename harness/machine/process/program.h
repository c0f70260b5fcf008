#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/system/process.h"
#include "base/system/system_call.h"
#include "machine/host/sandbox.h"
#include "machine/process/program_streams.h"
#include "machine/trace/tracer.h"

namespace wireproof {

// A program's descriptor with this number is the one that its launch names.
constexpr int kReadyFd = 3;

// What to start, and where. What is pointed to is not owned, and outlives the program.
struct ProgramLaunch {
  TraceTarget actor;             // as whose its calls are traced
  std::string command;           // for `/bin/sh -c`
  std::filesystem::path folder;  // where the command runs; empty: here
  // Instead of the command: runs in a fork of this process, which ends with its result.
  std::function<int()> serve{};
  std::vector<std::string> environment{};  // NAME=VALUE, over this process's
  int ready_fd = -1;                       // becomes kReadyFd; -1: none
  Sandbox* sandbox = nullptr;              // it runs inside
  Tracer* tracer = nullptr;                // traces its calls
};

// A program under test: a process in a group of its own (on a terminal, or in a sandbox: in a
// session), which ends with its parent and has no other descriptors than its streams. They outlive
// it.
//
// Its process is waited for once, by end(): until then its id is nobody else's, so that a signal to
// the group cannot meet a stranger. A traced one is the tracer's to wait for; once it has ended the
// group is signalled only while one of our descendants is in it.
class Program {
 public:
  // Returns when it is started. What cannot be executed says so itself and ends with code
  // kCannotExecute. Throws SystemError.
  Program(const ProgramLaunch& launch, ProgramStreams& streams);
  ~Program() { end(); }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t process() const { return process_; }
  int ended_fd() const { return ended_.get(); }  // readable: it has ended
  bool has_ended();
  // None: it runs. What its sandbox says counts before the signal by which that ended it.
  std::optional<ProcessEnd> how_ended();

  // Waits until it has said something, which is taken over, has ended, or `also` is readable; at
  // most for the limit, and at once where it has ended.
  void wait(std::chrono::milliseconds limit, int also = -1);
  // False: it runs still when the limit is over.
  bool await_end(std::chrono::milliseconds limit);

  // Whether something runs that it has started, in its group.
  bool has_group() const;
  // To all of its group.
  void signal_group(int signal);
  // SIGINT, then SIGTERM, each with `limit` for the whole group to be gone, then end().
  void stop_group(std::chrono::milliseconds limit);
  // Kills what is left of the group and returns when the program has ended.
  void end();

 private:
  Program(Tracer* tracer, Sandbox* sandbox, ProgramStreams& streams)
      : tracer_(tracer), sandbox_(sandbox), streams_(streams) {}

  void take_end();
  bool await_group_end(std::chrono::milliseconds limit);

  Tracer* tracer_;
  Sandbox* sandbox_;
  ProgramStreams& streams_;
  pid_t process_ = -1;
  UniqueFd ended_;  // pidfd
  std::optional<ProcessEnd> end_;
  bool is_over_ = false;  // nothing is left of it, its id may be somebody else's
};

}  // namespace wireproof
