#pragma once

#include "servers/protocols/protocol.h"

namespace wireproof {

// `echo-once`: the request is what one read of at most 128 bytes brings; it is answered by
// `SERVER RECEIVED: ` (or another `prefix`) and the text, with U+FFFD for what is not UTF-8, and
// the server closes. What was there beyond the request is read and dropped; what comes after the
// close is answered by a reset. A client that closes without a word is closed without an answer.
// One client at a time; the next is served when the first has gone.
ReferenceServer echo_once_server();

}  // namespace wireproof
