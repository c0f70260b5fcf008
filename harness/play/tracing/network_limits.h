#pragma once

#include <span>
#include <string>
#include <vector>

#include "machine/host/network.h"
#include "machine/trace/tracer.h"
#include "packets/flow/socket_call.h"

namespace wireproof {

// What programs were refused because they ran in a network of their own, or under trace: what
// failed, and which limit of those it is, a sentence for each, none twice. `calls` are all calls,
// also those that went well.
std::vector<std::string> tell_limits(NetworkKind network, std::span<const SocketCall> calls,
                                     std::span<const RefusedCall> refusals);

}  // namespace wireproof
