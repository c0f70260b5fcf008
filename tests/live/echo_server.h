#pragma once

#include <cstdint>

#include "base/unique_fd.h"

namespace wireproof {

// A TCP socket that listens on 127.0.0.1. Throws SystemError.
UniqueFd listen_on(std::uint16_t port);
// Accepts one connection and sends back what comes until its end; the connection is still open.
UniqueFd echo_one(int listener);
// Tells the runner that the server listens.
void say_ready(int ready_fd);

}  // namespace wireproof
