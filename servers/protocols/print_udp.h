#pragma once

#include "servers/protocols/protocol.h"

namespace wireproof {

// `print-udp`: reads datagrams of at most 2048 bytes and never replies. The printing is done by the
// log that every way of serving writes.
ReferenceServer print_udp_server();

}  // namespace wireproof
