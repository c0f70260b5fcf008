#pragma once

#include <span>
#include <string>
#include <vector>

#include "packets/flow/socket_call.h"

namespace wireproof {

// What programs tried in vain, a sentence for each program and error: calls that failed again and
// again, and an accept that had no descriptor or memory for the connection (accept(2)).
std::vector<std::string> tell_failed_calls(std::span<const SocketCall> calls);

}  // namespace wireproof
