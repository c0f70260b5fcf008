#pragma once

#include <cstdint>

#include "base/system/system_call.h"

namespace wireproof {

// A TCP socket that listens on 127.0.0.1. Throws SystemError.
UniqueFd listen_on(std::uint16_t port);
UniqueFd accept_one(int listener);
// Sends back what comes until the client's FIN.
void echo(int connection);
// Both; the connection is still open.
UniqueFd echo_one(int listener);
// One client after the other.
[[noreturn]] void serve_echo(int listener);
// Tells the runner that the server listens.
void say_ready(int ready_fd);

}  // namespace wireproof
