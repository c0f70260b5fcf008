#pragma once

#include "servers/protocols/protocol.h"

namespace wireproof {

// `reverse`: replies the bytes of a message in reverse order. Over TCP a message is what one read
// brings, at most 1024 bytes, and messages come until EOF; over UDP it is a datagram, of which at
// most 1024 bytes are read. Bytes, not characters: a character of several bytes comes back as
// bytes that are no UTF-8.
ReferenceServer reverse_server();

}  // namespace wireproof
