#pragma once

#include "servers/protocols/protocol.h"

namespace wireproof {

// `echo-both`: over TCP every byte comes back until EOF, over UDP every datagram, the empty one
// too; both on the same port number, which are two ports, for each transport has its own.
ReferenceServer echo_both_server();

}  // namespace wireproof
