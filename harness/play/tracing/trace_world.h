#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/system/deadline.h"
#include "base/system/system_call.h"
#include "machine/host/network.h"
#include "machine/process/program.h"
#include "machine/process/program_streams.h"
#include "machine/trace/tracer.h"
#include "packets/capture/watched_capture.h"
#include "packets/flow/connection_watch.h"
#include "play/stage/worker.h"
#include "play/tracing/trace_run.h"
#include "result/trace_result.h"

namespace wireproof {

// One run as its stage process gets it. The request outlives the stage.
struct TraceTask {
  const TraceRequest* request = nullptr;
  bool sends_calls = false;  // as they come, not only at the end
};

// A program of the run, under trace from its first call on.
class TracedChild {
 public:
  // The input fits into a pipe. Throws as Program and ProgramStreams do.
  TracedChild(ProgramLaunch launch, const std::string& input);

  const std::string& name() const { return launch_.actor.actor; }
  Program& program() { return program_; }
  ProgramStreams& streams() { return streams_; }
  void stop(std::chrono::milliseconds limit);
  // What it wrote, and how it ended, by now.
  TracedProgram result();

 private:
  ProgramLaunch launch_;
  ProgramStreams streams_;
  Program program_;
  bool stopped_ = false;
};

constexpr Duration kLookPause = std::chrono::milliseconds(1);

// The world of one traced run: its network, its capture between two barriers, its tracer, its
// programs. Whatever waits here also takes over what comes meanwhile, and ends at once when the
// run is to end: a limit was reached, or the caller asked for it.
class TraceWorld {
 public:
  // Returns once the start marker has come out of the capture. Throws TraceRefused, SystemError.
  TraceWorld(const TraceTask& task, const UniqueFd& link);
  TraceWorld(const TraceWorld&) = delete;
  TraceWorld& operator=(const TraceWorld&) = delete;

  // Under this world's tracer, whatever the launch says.
  TracedChild& start(ProgramLaunch launch, const std::string& input);

  // Waits until something that comes makes `done` true. False: not until the deadline. What the
  // kernel tells only when it is asked is looked at after each `pause`, too.
  bool await(const std::function<bool()>& done, const Deadline& deadline,
             Duration pause = Duration::max());
  // Waits until every program waits and none has a datagram unread; a busy one is left.
  void await_rest(std::uint16_t udp_port);
  // Behind it, every packet that was sent before has come.
  void flush();
  Soundness finish_capture();
  // Behind it, `calls()` has also those that programs are in, in the order of their entries.
  void finish_calls();

  const std::vector<SocketCall>& calls() const { return calls_; }
  bool connections_ended() const { return connections_.all_ended(); }
  std::vector<std::string>& notes() { return notes_; }
  // What the programs were refused by the limits of this world, by now.
  std::vector<std::string> limits() const;
  // Which programs left processes that have ended and that nobody waited for.
  std::vector<std::string> zombies() const;
  bool is_ending() const { return ending_; }
  bool interrupted() const { return interrupted_; }

 private:
  void take_packet(const Packet& packet);
  void drain();
  void take_calls();
  void wait(const Deadline& deadline);
  void read_link();
  void end_run(const std::string& note);

  const TraceTask& task_;
  const UniqueFd& link_;
  FrameReader orders_;
  std::unique_ptr<WatchedCapture> capture_;
  ConnectionWatch connections_{0};
  std::unique_ptr<Tracer> tracer_;  // outlives the children
  std::vector<std::unique_ptr<TracedChild>> children_;
  std::vector<SocketCall> calls_;
  std::vector<std::string> notes_;
  std::vector<RefusedCall> refusals_;
  NetworkKind network_;
  std::size_t packet_count_ = 0;
  bool ending_ = false;
  bool interrupted_ = false;
};

// What the process of a run does: enters its network, opens the capture and the tracer, runs the
// programs, sends what it sees and at last its result or why there is none. Returns when nothing
// that it started is left. The process must have one thread.
void run_trace_stage(const TraceTask& task, const UniqueFd& link);

}  // namespace wireproof
