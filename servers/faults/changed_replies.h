#pragma once

#include <functional>

#include "servers/protocols/protocol.h"

namespace wireproof {

// Changes what a server says to one read or datagram, before it is sent. Every connection, and
// the UDP socket, has a copy of its own, which may remember things.
using ChangeReplies = std::function<void(std::vector<Bytes>& sends)>;

Service with_changed_replies(Service service, const ChangeReplies& change);

}  // namespace wireproof
