#include "play/client/call_log.h"

#include <unistd.h>

#include <cerrno>

namespace wireproof {
namespace {

// The clock that stamps packets: system_clock is CLOCK_REALTIME in libstdc++.
Timestamp wall_time() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

}  // namespace

std::size_t CallLog::enter(SocketCall call) {
  call.process = ::getpid();
  call.thread = ::gettid();
  calls_.push_back(std::move(call));
  calls_.back().entered = wall_time();
  return calls_.size() - 1;
}

void CallLog::leave(std::size_t entry, const IoResult& result) {
  SocketCall& call = calls_[entry];
  call.returned = wall_time();
  call.waited = result.waited;
  const bool moved_something = result.count > 0;
  if (result.ok() || moved_something) {
    call.result = result.count;
    return;
  }
  call.result = -1;
  call.error_number = result.timed_out ? EAGAIN : result.error_number;
}

}  // namespace wireproof
