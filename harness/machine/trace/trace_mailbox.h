#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/system/system_call.h"
#include "packets/flow/socket_call.h"

namespace wireproof {

// Whose calls a traced process makes. Its children's are the same actor's.
struct TraceTarget {
  std::string actor;
  Side side = Side::client;
};

// A process that waits to be traced.
struct StartRequest {
  pid_t process = -1;
  TraceTarget target;
  bool done = false;
  int error_number = 0;
};

// Processes that run already and are to be traced. Shared, since who asks may give up waiting.
struct AttachRequest {
  std::vector<pid_t> processes;
  TraceTarget target;
  bool done = false;
  int error_number = 0;
};

// What happened since it was asked last. Calls are in the order of their ends: sort them by
// `order` to have them as they were entered.
struct TraceBatch {
  std::vector<SocketCall> calls;
  std::vector<std::string> notes;  // what could not be traced, and why; for the user
  std::uint64_t lost_calls = 0;    // that came when kMostWaitingCalls waited to be taken
};
// A program in an endless loop makes a million calls a second: what nobody takes does not grow.
constexpr std::size_t kMostWaitingCalls = 50000;

// What the tracing thread and the others have in common. All but `no_fork` is guarded by `mutex`.
struct TraceMailbox {
  std::mutex mutex;
  std::condition_variable changed;

  // To the tracing thread, which looks here when its bell rings.
  std::vector<StartRequest*> starts;  // their owners wait for `done`
  std::vector<std::shared_ptr<AttachRequest>> attaches;
  std::uint64_t syncs_asked = 0;
  bool stop = false;

  // From it.
  pid_t bell = -1;       // a signal to this process makes the tracing thread look here
  int error_number = 0;  // why it could not begin
  bool ended = false;    // nothing is traced any more
  std::string failure;   // why it ended before it was asked to
  std::uint64_t syncs_done = 0;
  TraceBatch batch;
  std::vector<SocketCall> open_calls;  // as of the last sync
  std::map<pid_t, int> end_statuses;   // as of wait(2)
  UniqueFd readable;                   // eventfd: the batch is not empty

  std::mutex no_fork;  // held by whoever forks, and while a tracee's descriptor is borrowed
};

}  // namespace wireproof
