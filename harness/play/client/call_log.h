#pragma once

#include <vector>

#include "packets/flow/socket_call.h"

namespace wireproof {

// What a socket call came to.
struct IoResult {
  std::int64_t count = 0;  // bytes moved; a recv of 0 bytes is the end of a TCP stream
  int error_number = 0;    // errno; 0: none
  bool timed_out = false;  // the step's time ran out first
  bool waited = false;     // the call did not complete at once

  bool ok() const { return error_number == 0 && !timed_out; }
};

// The socket calls of one process, in the order in which they were entered.
class CallLog {
 public:
  // Stamps the entry; process and thread are the caller's. The result names the call in `leave`.
  std::size_t enter(SocketCall call);
  // Stamps the return. A call that moved bytes before its time ran out returns their count, any
  // other that ran out of time -1 with EAGAIN, as with SO_RCVTIMEO.
  void leave(std::size_t entry, const IoResult& result);
  // For what is known only once the call runs (the local end of a connect).
  SocketCall& call(std::size_t entry) { return calls_[entry]; }

  std::vector<SocketCall> take() { return std::move(calls_); }

 private:
  std::vector<SocketCall> calls_;
};

}  // namespace wireproof
