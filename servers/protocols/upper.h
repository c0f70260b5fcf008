#pragma once

#include "servers/protocols/protocol.h"

namespace wireproof {

// `upper-tcp`: the request is what is there when the server reads, at most 1024 bytes. TCP has no
// message boundary and the protocol defines none, so one read *is* the message: the client sends
// it at once and waits. The server answers in upper case and closes first; what comes later is
// read and dropped. A client that closes without a word is closed without an answer.
ReferenceServer upper_tcp_server();

// `upper-udp`: a datagram of at most 2048 bytes is answered in upper case, an empty one by an
// empty one.
ReferenceServer upper_udp_server();

}  // namespace wireproof
