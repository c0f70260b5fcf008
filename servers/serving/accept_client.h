#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/system/unique_fd.h"

namespace wireproof {

enum class Acceptance : std::uint8_t {
  accepted,
  nobody,     // the client has gone again, or none was there: the next call may bring one
  exhausted,  // no descriptor or memory for it, or the socket does not listen any more
};

struct AcceptedClient {
  Acceptance acceptance = Acceptance::nobody;
  UniqueFd fd;       // when accepted
  std::string peer;  // "127.0.0.1:40000"
};

// When accept() fails for want of descriptors or memory, a client that ends mends it; the limit is
// for what others hold.
constexpr std::chrono::milliseconds kMaxWaitAfterFailedAccept{100};

// One accept() with SOCK_CLOEXEC and `flags`.
AcceptedClient accept_client(int listening_fd, int flags = 0);

}  // namespace wireproof
