#pragma once

#include <sys/types.h>

#include <string>

#include "base/text/time.h"
#include "machine/host/child_processes.h"
#include "machine/host/stall_watch.h"
#include "play/stage/stage_server.h"

namespace wireproof {

// Watches whether the machine gave the harness, the server and client programs the time that a
// sheet grants them (capture.md): a step that ran out of time proves nothing about a side that had
// no CPU, nor what happened while the machine stood still.
class TimeWitness {
 public:
  // From now on, with `allowed` for each step. What it is given outlives it; `stalls` watches the
  // server.
  TimeWitness(const StageServer& server, const StallWatch& stalls, Duration allowed);

  Duration server_ran() const { return read_server().ran - server_before_.ran; }

  // To be told as soon as the wait is over: what was waited for until the limit did not come, and
  // the server ran for so long (or longer) meanwhile. No more time would have brought it where the
  // server sleeps, or has had the CPU and used it for other things.
  void note_vain_wait(Duration ran, Duration limit);
  // A client program was waited for in vain for the limit, and lacked so much of the CPU meanwhile.
  void note_lacking_client(Duration lacked, Duration limit);

  // Why what failed is inconclusive; empty: all sides had the time, or it was none that was
  // missing. Each of these may be a tenth of what was allowed (of a client program: for the step):
  // what a side waited for a CPU, asked only of what `ran_out` of time; how long the machine stood
  // still or the server was stopped.
  std::string find_missing(bool ran_out) const;

 private:
  Duration own_waited() const;
  // One that was started anew has an account of its own.
  bool is_first() const { return server_.process() == first_process_; }
  Duration server_waited() const;
  CpuAccount read_server() const;
  Duration cpu_used() const;  // by threads and children that have ended, too
  bool is_resting() const;

  const StageServer& server_;
  pid_t first_process_;
  const StallWatch& stalls_;
  Duration allowed_;
  Duration own_before_;
  CpuAccount server_before_;
  Duration cpu_before_;
  Duration still_before_;
  Duration stopped_before_;
  std::string client_missing_;
  // For a CPU, when it was waited for in vain: a thread that ends takes its account along.
  Duration server_waited_{};
  // Of all waits in vain.
  bool had_its_time_ = true;
  bool needs_no_time_ = true;
  // The limit of the first one at whose end the server was at work and had not had its time.
  Duration lacked_of_{};
};

}  // namespace wireproof
