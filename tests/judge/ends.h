#pragma once

#include "support/packet_builder.h"

namespace wireproof {

// A server on this machine and its clients.
inline const Endpoint kEchoServer = endpoint("127.0.0.1:7");
inline const Endpoint kAlice = endpoint("127.0.0.2:40000");
inline const Endpoint kBob = endpoint("127.0.0.3:40000");

}  // namespace wireproof
